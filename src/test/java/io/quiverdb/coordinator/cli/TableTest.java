// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.cli.Table.Cell;
import io.quiverdb.coordinator.cli.Typed.Shell;
import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {
  @Test
  void longUrlsAreWrappedWithinAHundredColumnsAndLoseNothing() {
    String url = "http://" + "very-long-label.".repeat(20) + "example:6333";
    List<String> lines =
        new Table("SHARD", "STATE", "PRIMARY", "REPLICAS")
            .row("0", "active", url, url + " " + url)
            .row("18446744073709551615", "joining", "http://n:6333", "")
            .lines(false);
    for (String line : lines) {
      assertTrue(line.length() <= Table.WIDTH, line);
    }
    int primary = lines.get(0).indexOf("PRIMARY");
    int replicas = lines.get(0).indexOf("REPLICAS");
    StringBuilder joined = new StringBuilder();
    for (String line : lines.subList(1, lines.size() - 1)) {
      String cell =
          line.length() <= primary
              ? ""
              : line.substring(primary, Math.min(replicas, line.length()));
      joined.append(cell.strip());
    }
    assertEquals(url, joined.toString());
  }

  @Test
  void aWordIsBrokenOnlyIfItFitsOnNoLine() {
    assertEquals(
        List.of("A", "add", "y".repeat(98)),
        new Table("A").row("add " + "y".repeat(98)).lines(false));
    assertEquals(
        List.of("A", "add " + "y".repeat(96), "y".repeat(14)),
        new Table("A").row("add " + "y".repeat(110)).lines(false));
  }

  @Test
  void manyColumnsStillFit() {
    String word = "abcdefghijklmnopqrstuvwxyz";
    List<String> lines =
        new Table("A", "B", "C", "D", "E", "F", "G", "H")
            .row(word, word, word, word, word, word, word, word)
            .lines(false);
    assertTrue(lines.stream().allMatch(line -> line.length() <= Table.WIDTH));
  }

  @Test
  void whatAServerSendsCannotSteerTheTerminal() {
    List<String> lines = new Table("A").row("\u001b[2Jx\ny").lines(true);
    assertEquals("?[2Jx?y", lines.get(1));
  }

  @Test
  void coloursOnlyWhereTheyAreAllowed() {
    Table table = new Table("A").row(List.of(new Cell("no", CellStyle.BAD)));
    assertEquals(List.of("A", "no"), table.lines(false));
    assertEquals("\u001b[31mno\u001b[0m", table.lines(true).get(1));
    try (StubMember member = new StubMember().on("GET /cluster/routers", 200, "{\"routers\":[]}")) {
      assertFalse(new Shell().at(member).type("routers").out().contains("\u001b"));
      assertTrue(new Shell().at(member).coloured().type("routers").out().contains("\u001b"));
    }
  }
}
