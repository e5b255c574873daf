/// The description beside the data.
enum NoticeReadme {
  static func text(of city: NoticeCity) -> String {
    let variant = city.variant == .main ? "" : " --variant \(city.variant.rawValue)"
    return """
      # A synthetic city for the rules of the notice

      **Nobody in these files exists.** Names are put together at random from lists of characters; identity numbers,
      case numbers and bank accounts are counted out by a formula. The identity numbers have a division code, a birthday
      and the right check character, so a number may by chance be a living person's; nothing here says anything about
      that person. Streets, institutions and amounts are invented.

      Made by `match-run generate --flavour notice --scale \(city.scaleText) --seed \(city.seed)\(variant)`; the same
      version, options and seed give the same bytes. Everything is as of 2026-10-31; the household register is of
      2026-10-15. `job.yml` has the files under the
      rules of the notice: `match-run run job.yml --out DIR`, then `match-run truth . --run DIR`. `sources.yml` has them
      with all their fields, for jobs with rules of their own.

      Outside the planted situations no rule has anything to say about anybody. A few percent of those values are
      written as real files have them (blanks, full-width digits, apostrophes, other dots, other date and amount forms);
      numbers that cannot be repaired or have 15 digits stand, beside the planted ones, only with people who are not on
      the roll. Values of planted situations are clean but for what the situation is about. One case in twenty looks
      like a finding and is none.

      ## Truth

      `truth.csv` has one line for everything that is expected of a planted situation: `trap` is its number in the
      catalogue (X… has none there), `months`, `reasons` and `proposal` are lists with blanks between. What is empty is
      not asserted. `verdict` is one of

      - `flag`: this flag; `none`: no flag of this rule about this person, case or account;
      - `not_evaluated`: no flag, because the feed does not reach that far;
      - `quality`: no flag, but a line of the quality list; `warning`: a warning of the run;
      - `withdrawn`: no flag, because the source took the fact back;
      - `feed_alarm`: one alarm for the feed instead of flags about people;
      - `optional`: the specification leaves open whether there is a flag.

      T95 is one line of subject `case`: exactly one flag of the case proposes STOP. T41 and T61 spoil a whole feed and
      stand in the variants `feed-alarm-register` and `feed-alarm-batch`.

      ## Files

      \(NoticeFeed.allCases.map(section(of:)).joined(separator: "\n"))
      """
  }

  private static func section(of feed: NoticeFeed) -> String {
    let file = feed == .payments ? "payments-YYYYMM.csv" : "\(feed.rawValue).csv"
    let form = feed.isGB18030 ? "GB 18030, CRLF" : "UTF-8"
    let title = feed.hasTitle ? ", a title above the header and a total below the rows" : ""
    let columns = feed.columns.map { "| \($0.header) | \($0.field.map { "`\($0)`" } ?? "") | \($0.type) |" }
    return """
      ### `\(file)`: \(feed.title)

      \(form)\(title).

      | header | field | type |
      | --- | --- | --- |
      \(columns.joined(separator: "\n"))

      """
  }
}
