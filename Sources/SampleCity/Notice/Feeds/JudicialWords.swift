/// The words of the judicial feed, which is written in GB 18030: GB 2312 characters only.
///
/// scripts/make-city-tables reads this file too.
enum JudicialWords {
  static let title = "样例市司法信息交换表（演示数据，人物均为虚构）"
  static let columns = """
    身份证号码 id_no resident_id,当事人 name person_name,状态代码 status_code code,机构 facility text,
    开始日期 start_date date,预计期满日期 expected_end date,释放日期 release_date date,登记日期 record_date date
    """
  static let total = "合计"
  static let facilities = ["青石监狱", "北塘监狱", "南岭强制隔离戒毒所", "临河司法所"]
}
