import Testing

/// What goes to disk when memory is used up is for nobody else, and gone with the process.
@Suite struct ScratchFileTests {
  /// Rows of the roll lie in a scratch file while the feed, which does not end, is read; then the process is killed.
  @Test func aKilledRunLeavesNoRowBehind() throws {
    let place = try RunPlace()
    try place.write("job.yml", InvariantJob.rollAndFeed.replacing("path: feed.csv", with: "path: \"-\""))
    // Three batches, of which the first is kept.
    let others = String(repeating: "C2,110101198505152020\n", count: 3000)
    try place.write("roll.csv", "case_id,id_no\nC1,110101199003070118\n" + others)
    let line = """
      cd "$1" || exit 9
      feed() {
        printf 'cert_no,id_no,备注\\nF1,110101199003070118,无\\n'
        yes 'F2,110101197912010033,无' | head -n 300000
      }
      { feed; sleep 50; } | "$0" run job.yml --out out --memory 1 --quiet &
      run=$!
      spilled() {
        for file in /proc/$run/fd/*; do
          case $(readlink "$file") in */.spill-*deleted*) stat -L -c '%a %s' "$file" ;; esac
        done
      }
      for wait in $(seq 200); do
        if spilled | grep -q ' [1-9]'; then break; fi
        sleep 0.05
      done
      spilled | grep -q ' [1-9]' || exit 11
      spilled | grep -v '^600 ' && exit 12
      [ "$(stat -c %a .out.match-run-*)" = 700 ] || exit 13
      kill -9 $run
      wait $run 2>/dev/null
      [ -z "$(find . -name '.spill-*')" ] || exit 14
      [ -z "$(find .out.match-run-* -type f)" ] || exit 15
      feed | "$0" run job.yml --out out --quiet || exit 16
      [ -z "$(find . -name '.out.match-run-*' -type d)" ] || exit 17
      """
    #expect(try Program.shell(line, place.path) == 0)
    #expect(try place.manifest()["rules"]["FOUND"]["flags"].int == 1)
  }
}
