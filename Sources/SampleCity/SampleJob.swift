/// The job file beside the data.
enum SampleJob {
  static let text = """
    # The sample job: the synthetic city of this folder under eleven rules. Written by `match-run generate`.
    version: 1
    name: sample-city
    as_of: 2026-10-31

    sources:
      # A row for every member of a case; the head of the case is the member with 户主.
      roll:
        path: roll.csv
        fields:
          case_id: {type: text, column: 救助证号}
          id_no: {type: resident_id, column: [身份证号, 公民身份号码]}
          name: {type: person_name, column: 姓名}
          relation: {type: code, column: 与户主关系}
          status: {type: code, column: 状态, values: {正常: 在保}}
      # GB 18030, with a title above the header and a total below the rows.
      funeral:
        path: funeral.csv
        fields:
          cert_no: {type: text, column: 证明编号}
          id_no: {type: resident_id, column: 死者身份证号}
          death_date: {type: date, column: 死亡日期}
      judicial:
        path: judicial.csv
        fields:
          record_no: {type: text, column: 文书号}
          id_no: {type: resident_id, column: 身份证号码}
          status: {type: code, column: 状态, values: {服刑: 监狱服刑}}
          custody_start: {type: date, column: 开始日期}
          custody_end: {type: date, column: 结束日期}
      household:
        path: household.csv
        fields:
          id_no: {type: resident_id, column: 公民身份号码}
          name: {type: person_name, column: 姓名}
          household_no: {type: text, column: 户号}
          hukou_status: {type: code, column: 户籍状态}
          reason: {type: text, column: 变动原因}
          status_date: {type: date, column: 变动日期}
      # One file a month.
      payments:
        path: "payments-*.csv"
        fields:
          pay_id: {type: text, column: 流水号}
          case_id: {type: text, column: 救助证号}
          id_no: {type: resident_id, column: 身份证号}
          account_no: {type: account, column: 银行账号}
          account_holder: {type: person_name, column: 开户名}
          pay_date: {type: date, column: 发放日期}
          amount: {type: money, column: 发放金额}
      custodians:
        path: custodians.csv
        fields:
          case_no: {type: text, column: 救助证号}
          custodian_id: {type: resident_id, column: 代管人身份证号}

    rules:
      DECEASED:
        title: 死亡仍在保
        kind: presence
        subject: roll
        where: status = '在保'
        find: {in: funeral, key: id_no, where: death_date <= as_of}
        evidence: [funeral.cert_no, funeral.death_date]
      PAID_AFTER_DEATH:
        title: 死亡后仍发放
        kind: presence
        subject: payments
        find: {in: funeral, key: id_no, where: payments.pay_date > death_date}
        evidence: [pay_id, pay_date, funeral.cert_no, funeral.death_date]
      IN_CUSTODY:
        title: 服刑强戒仍在保
        kind: presence
        subject: roll
        where: status = '在保'
        find:
          in: judicial
          key: id_no
          where: >-
            status in ('监狱服刑', '强制隔离戒毒') and custody_start <= as_of
            and (custody_end is empty or custody_end >= as_of)
        evidence: [judicial.record_no, judicial.status, judicial.custody_start, judicial.custody_end]
      HUKOU_INACTIVE:
        title: 户籍注销或迁出
        kind: presence
        subject: roll
        where: status = '在保'
        find: {in: household, key: id_no, where: hukou_status <> '正常'}
        evidence: [household.household_no, household.hukou_status, household.reason, household.status_date]
      NAME_MISMATCH:
        title: 号同名异
        kind: mismatch
        subject: roll
        where: status = '在保'
        find: {in: household, key: id_no}
        compare: [roll.name, household.name]
        evidence: [household.household_no, roll.name, household.name]
      NOT_IN_HOUSEHOLD:
        title: 户籍库查无此人
        kind: absence
        subject: roll
        where: status = '在保'
        find: {in: household, key: id_no}
        evidence: ["'no_record'"]
      HOLDER_MISMATCH:
        title: 开户名与户主不一致
        kind: mismatch
        subject: payments
        find: {in: roll, key: case_id, where: relation = '户主'}
        compare: [payments.account_holder, roll.name]
        report: {case_id: roll.case_id, id_no: roll.id_no}
        evidence: [pay_id, payments.account_holder, roll.name]
      SHARED_ACCOUNT:
        title: 一卡多户
        kind: aggregate
        subject: payments
        where: id_no is valid
        by: [account_no]
        having: count(distinct id_no) >= 3
        evidence: [account_no, count(distinct id_no)]
      FREQUENT_PAYMENT:
        title: 一月多次发放
        kind: aggregate
        subject: payments
        by: [case_id, month(pay_date)]
        having: count() >= 4
        evidence: [case_id, month(pay_date), count()]
      LARGE_PAYMENT:
        title: 大额发放
        kind: condition
        subject: payments
        where: amount >= 20000
        evidence: [pay_id, pay_date, amount]
      CUSTODIAN_OF_MANY:
        title: 一人代管多户
        kind: aggregate
        subject: custodians
        by: [custodian_id]
        having: count(distinct case_no) >= 3
        evidence: [custodian_id, count(distinct case_no)]

    """
}
