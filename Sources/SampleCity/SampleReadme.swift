/// The description beside the data.
enum SampleReadme {
  static func text(of city: SampleCity) -> String {
    """
    # A synthetic city

    **Nobody in these files exists.** Names are put together at random from lists of characters; identity numbers, case
    numbers and bank accounts are counted out by a formula. The identity numbers have a Shanghai division code, a
    birthday and the right check character, so a number may by chance be a living person's; nothing here says anything
    about that person. Streets and institutions are invented.

    Made by `match-run generate --scale \(city.scaleText) --seed \(city.seed)`; the same version, scale and seed
    give the same bytes. Run it with `match-run run job.yml --out DIR`. Everything is as of 2026-10-31.

    | file | content | encoding |
    | --- | --- | --- |
    | `job.yml` | the job: six sources, eleven rules | UTF-8 |
    | `roll.csv` | 低保名册: one row a member of a case | UTF-8 |
    | `funeral.csv` | 殡葬: title line, header, rows, a 合计 line | GB 18030, CRLF |
    | `judicial.csv` | 司法 | UTF-8 with byte order mark |
    | `household.csv` | 户籍: those on the roll and others | UTF-8 |
    | `payments-YYYYMM.csv` | 发放明细, one file a month, paid to the head of the case | UTF-8 |
    | `custodians.csv` | 代管人: who looks after the account of a case | UTF-8 |
    | `former_names.csv` | 曾用名; no rule of the job reads it | UTF-8 |
    | `truth.csv` | what was planted, case by case | UTF-8 |
    | `truth.json` | rows of every file, flags of every rule, cases of every situation | UTF-8 |

    A few percent of the values are written as real files have them: identity numbers of 15 digits, in full-width
    digits, in groups, with blanks, apostrophes or `="…"` around them, with a small x, or reduced to `3.10101E+17` by a
    spreadsheet; names with blanks, other dots or a remark in brackets, a few masked; dates as `2026/1/5`, `20260105`,
    `2026年1月5日` or a day number; amounts as `1,300.00`, `￥1300.00`, `1300.00元`; card numbers in groups of four.
    Values that cannot be repaired stand only where nothing is planted, but for `register_number_unreadable`.

    ## Truth

    `truth.csv` has one line for a situation in a case and the rule it concerns, with the columns
    `situation,rule,case_id,id_no,key,flags`. `flags` is the number of flags that this rule gives for this case and
    person; 0 says that the situation looks like a finding and is none. `case_id` and `id_no` are as in `flags.csv`
    (empty for SHARED_ACCOUNT and CUSTODIAN_OF_MANY; for FREQUENT_PAYMENT there is the case only). `key` is the account,
    the month or the custodian of an aggregate. Cases that are not listed give no flags at all.

    | situation | what it is | flags |
    | --- | --- | --- |
    | `died_head` | the head died, payments went on; for half of them the register knows \
    | DECEASED, PAID_AFTER_DEATH, HUKOU_INACTIVE |
    | `died_member` | another member died | DECEASED |
    | `died_on_as_of` | died on 2026-10-31 | DECEASED |
    | `in_prison`, `in_detoxification`, `custody_ends_on_as_of` | in custody on 2026-10-31 | IN_CUSTODY |
    | `register_cancelled`, `moved_out` | the register says 注销 or 迁出 | HUKOU_INACTIVE |
    | `other_name` | the register has another person's name | NAME_MISMATCH |
    | `names_swapped` | the roll has exchanged the names of two members | NAME_MISMATCH, twice |
    | `former_name` | the roll has the name that `former_names.csv` knows as the former one | NAME_MISMATCH |
    | `not_in_register` | the register has no row | NOT_IN_HOUSEHOLD |
    | `register_number_unreadable` | the register's row has lost its number | NOT_IN_HOUSEHOLD |
    | `other_holder` | the account is a stranger's | HOLDER_MISMATCH, one a payment |
    | `holder_is_member` | the account is another member's of the same case | HOLDER_MISMATCH |
    | `custodian` | the account is the registered custodian's | HOLDER_MISMATCH |
    | `custodian_of_many` | the same, one custodian for three cases | HOLDER_MISMATCH, CUSTODIAN_OF_MANY |
    | `shared_account` | three cases on the account of one of them | SHARED_ACCOUNT; HOLDER_MISMATCH for two |
    | `account_of_two` | two cases on the account of one of them | HOLDER_MISMATCH for one |
    | `frequent_payments` | four or five payments in a month | FREQUENT_PAYMENT |
    | `large_payment` | one payment of 20000.00 or more | LARGE_PAYMENT |
    | `died_case_ended`, `died_case_suspended` | died, and the case is 终止 or 暂停 | none |
    | `died_after_as_of` | died in November 2026 | none |
    | `twin_died` | somebody with the same birthday and division code died | none |
    | `released`, `community_correction`, `custody_after_as_of` | released, 社区矫正, or not yet in custody | none |
    | `moved_in_city` | moved, and still in the register | none |
    | `name_variants` | the name is spelt in other ways in every file | none |
    | `three_payments` | three payments in a month | none |
    | `nearly_large_payment` | one payment of 19999.99 | none |

    The rules of this job are plain: they know no exemptions. So the accounts of members and of registered custodians,
    and names that are former names, are flagged, though each can be explained from these files; a rule with
    exemptions would look there first.

    """
  }
}
