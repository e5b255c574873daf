import MatchEngine

/// Two sources that the tables of this folder write their rules for: line 1 to 8 of a job.
let twoSources = """
  version: 1
  sources:
    roll:
      path: roll.csv
      fields: {case_id: text, id_no: resident_id, name: person_name, status: code, start: date, account: account}
    feed:
      path: feed.csv
      fields: {id_no: resident_id, name: person_name, died: date, amount: money, paid: month, n: number}

  """

/// The lines of `JobError` for a job file named `job.yml`; none for a job that is right.
func mistakes(in text: String, packFolders: [String] = []) -> [String] {
  do throws(JobError) {
    _ = try Job.parse(text: text, file: "job.yml", packFolders: packFolders)
    return []
  } catch {
    return error.lines
  }
}
