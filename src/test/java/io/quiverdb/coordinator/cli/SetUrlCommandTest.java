// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.cli.Typed.Shell;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** {@code shards set-url}. */
class SetUrlCommandTest {
  private static final String PUT = "PUT /cluster/shards/18446744073709551614/url";
  private static final String ID = "18446744073709551614";
  private static final String URL = "http://n2b:6333";
  private static final String MAP =
      "{\"version\":6,\"shards\":[{\"id\":18446744073709551614,\"primary_url\":\"http://n2b:6333\","
          + "\"replica_urls\":[]}],\"joining\":[],\"leaving\":[]}";

  @AutoClose private final StubMember member = new StubMember();
  private final Shell shell = new Shell().at(member);

  private List<String> bodies() {
    return member.asked().stream().map(StubMember.Asked::body).toList();
  }

  @Test
  void theReplicasAreNamedOnlyIfSomeAreGiven() {
    member.on(PUT, 200, MAP);
    Typed typed = shell.type("shards", "set-url", ID, URL, "--if-match", "5");
    assertEquals(0, typed.code(), typed.err());
    assertTrue(typed.out().contains(URL), typed.out());
    assertEquals("", typed.err());
    assertEquals("\"5\"", member.asked().get(0).header("If-match"));
    assertFalse(member.asked().get(0).header("Idempotency-key").isEmpty());
    assertEquals(
        0,
        shell
            .type(
                "shards", "set-url", ID, URL, "--replica", "http://a:1", "--replica", "http://b:1")
            .code());
    assertEquals(
        List.of(
            "{\"primary_url\":\"http://n2b:6333\"}",
            "{\"primary_url\":\"http://n2b:6333\",\"replica_urls\":[\"http://a:1\",\"http://b:1\"]}"),
        bodies());
  }

  @Test
  void aDryRunShowsTheChecksAndFailsWithThem() {
    member.on(
        PUT + "?dry_run=true",
        200,
        "{\"accepted\":false,\"checks\":["
            + "{\"name\":\"counts_match\",\"ok\":true,\"detail\":\"fine\"},"
            + "{\"name\":\"old_url_refuses\",\"ok\":false,\"detail\":\"takes connections\"}]}");
    Typed refused = shell.type("shards", "set-url", ID, URL, "--dry-run");
    assertEquals(1, refused.code());
    assertEquals(
        List.of(
            "CHECK            OK   DETAIL",
            "counts_match     yes  fine",
            "old_url_refuses  no   takes connections",
            "",
            "it would be refused"),
        refused.lines());
    member.on(PUT + "?dry_run=true", 200, "{\"accepted\":true,\"checks\":[]}");
    Typed well = shell.type("shards", "set-url", ID, URL, "--dry-run");
    assertEquals(0, well.code());
    assertTrue(well.out().endsWith("it would be done\n"), well.out());
  }

  @Test
  void forceSaysWhatItRisksAndAsksNobody() {
    member.on(PUT + "?force=true", 200, MAP);
    Typed typed = shell.type("shards", "set-url", ID, URL, "--force");
    assertEquals(0, typed.code(), typed.err());
    assertTrue(typed.err().startsWith("warning: --force: "), typed.err());
    assertTrue(typed.err().contains("continue to write to it"), typed.err());
    member.on(PUT + "?dry_run=true&force=true", 200, "{\"accepted\":true,\"checks\":[]}");
    assertEquals(0, shell.type("shards", "set-url", ID, URL, "--force", "--dry-run").code());
  }

  @Test
  void aRefusalIsShown() {
    member.problem(PUT, 409, "Conflict", "old_url_refuses: http://n2:6333 takes connections");
    Typed typed = shell.type("shards", "set-url", ID, URL);
    assertEquals(1, typed.code());
    assertTrue(typed.err().contains("old_url_refuses: http://n2:6333"), typed.err());
    assertEquals(2, shell.type("shards", "set-url", ID).code());
    assertEquals(2, shell.type("shards", "set-url", "x", URL).code());
  }
}
