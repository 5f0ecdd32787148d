// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.cli.Typed.Shell;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** The requests, output and waits of the commands about members. */
class MemberCommandsTest {
  private static final String ADDING = change("add", "c4", "adding", "member c4 to answer");

  @AutoClose private final StubMember member = new StubMember();
  private final Shell shell = new Shell().at(member);

  private static String change(String kind, String id, String step, String waitingOn) {
    return """
        {"kind":"%s","id":"%s","step":"%s","since":"2026-11-23T10:00:00Z","waiting_on":"%s"}"""
        .formatted(kind, id, step, waitingOn);
  }

  /** The document, each member a voter unless its name is in capitals. */
  private static String document(String change, String... ids) {
    String rows =
        Arrays.stream(ids)
            .map(
                id ->
                    "{\"id\":\"%s\",\"voter\":%b}"
                        .formatted(
                            id.toLowerCase(Locale.ROOT), id.equals(id.toLowerCase(Locale.ROOT))))
            .collect(Collectors.joining(","));
    return "{\"members\":[%s],\"change\":%s,\"failure_tolerance\":1}".formatted(rows, change);
  }

  /** Answers to the looks, one after another; the last one stays. */
  private void looks(String... documents) {
    AtomicInteger look = new AtomicInteger();
    member.on(
        "GET /cluster/members",
        exchange ->
            StubMember.text(
                exchange, 200, documents[Math.min(look.getAndIncrement(), documents.length - 1)]));
  }

  @Test
  void addsOneAndShowsWhatTheChangeWaitsFor() {
    member.on("POST /cluster/members", 202, document(ADDING, "c1", "C4"));
    Typed typed =
        shell.type("members", "add", "c4", "--raft", "h4:6336", "--http", "http://h4:6335");
    assertEquals(0, typed.code(), typed.err());
    assertEquals(
        List.of(
            "",
            "failure tolerance 1",
            "add of member c4 since 2026-11-23T10:00:00Z, adding, waits for member c4 to answer"),
        typed.lines().subList(3, 6));
    assertEquals(
        "{\"id\":\"c4\",\"raft\":\"h4:6336\",\"http\":\"http://h4:6335\"}",
        member.asked().get(0).body());
    assertFalse(member.asked().get(0).header("Idempotency-key").isEmpty());
  }

  @Test
  void waitsUntilItVotesAndSaysOnceWhatFor() {
    member.on("POST /cluster/members", 202, document(ADDING, "c1", "C4"));
    looks(
        document(ADDING, "c1", "C4"),
        document("null", "c1"), // this one is behind
        document(change("add", "c4", "adding", "member c4 to catch up"), "c1", "c4"),
        document("null", "c1", "c4"));
    Typed typed =
        shell.type(
            "members", "add", "c4", "--raft", "h4:6336", "--http", "http://h4:6335", "--wait");
    assertEquals(0, typed.code(), typed.err());
    assertEquals(
        List.of(
            "add of member c4 since 2026-11-23T10:00:00Z, adding, waits for member c4 to answer",
            "add of member c4 since 2026-11-23T10:00:00Z, adding, waits for member c4 to catch up"),
        typed.err().lines().toList());
    assertEquals(5, typed.lines().size(), "no change is left: " + typed.out());
  }

  @Test
  void aRemovalIsConfirmedAndItsEndAwaited() {
    String removing = change("remove", "c2", "removing", "another member to lead");
    member.on("DELETE /cluster/members?id=c2", 200, document(removing, "c1", "c2"));
    Typed refused = shell.type("members", "remove", "c2");
    assertEquals(1, refused.code());
    assertTrue(refused.err().contains("Not confirmed"), refused.err());
    assertTrue(member.asked().isEmpty());
    looks(document(removing, "c1", "c2"), document("null", "c1"));
    assertEquals(0, shell.type("members", "remove", "c2", "--yes", "--wait").code());
    member.on("DELETE /cluster/members?id=c2&force=true", 200, document("null", "c1"));
    assertEquals(0, shell.type("members", "remove", "c2", "--yes", "--force").code());
  }

  @Test
  void aReplacementEndsWithoutTheOldOne() {
    String step = change("replace", "c4", "removing", "the vote of member c2 to be removed");
    member.on("POST /cluster/members/c2/replace", 202, document(step, "c1", "c2", "c4"));
    looks(
        document("null", "c1", "c2"), // this one is behind
        document(step, "c1", "c2", "c4"),
        document("null", "c1", "c4"));
    Typed typed =
        shell
            .answering("y\n")
            .type(
                "members",
                "replace",
                "c2",
                "c4",
                "--raft",
                "h4:6336",
                "--http",
                "http://h4:6335",
                "--wait");
    assertEquals(0, typed.code(), typed.err());
    assertTrue(typed.err().contains("Replace member c2 by c4?"), typed.err());
    assertEquals(4, member.asked().size());
  }

  @Test
  void setsAnAddress() {
    member.on("PUT /cluster/members/c2", 200, document("null", "c1", "c2"));
    Typed typed =
        shell.type(
            "members",
            "set-address",
            "c2",
            "--raft",
            "h9:6336",
            "--http",
            "http://h9:6335",
            "--wait");
    assertEquals(0, typed.code(), typed.err());
    assertEquals(
        "{\"raft\":\"h9:6336\",\"http\":\"http://h9:6335\"}", member.asked().get(0).body());
  }

  @Test
  void aChangeThatWasTakenBackIsNoSuccess() {
    member.on("POST /cluster/members", 202, document(ADDING, "c1", "C4"));
    looks(document("null", "c1"));
    Typed typed =
        shell.type(
            "members", "add", "c4", "--raft", "h4:6336", "--http", "http://h4:6335", "--wait");
    assertEquals(1, typed.code());
    assertTrue(typed.err().contains("undone"), typed.err());
  }

  @Test
  void aRefusalIsPrintedAndAnAddressIsNeeded() {
    member.problem("DELETE /cluster/members?id=c2", 409, "Conflict", "even: 2 members");
    Typed typed = shell.type("members", "remove", "c2", "--yes");
    assertEquals(1, typed.code());
    assertTrue(typed.err().contains("even: 2 members"), typed.err());
    assertEquals(2, shell.type("members", "add", "c4", "--raft", "h4:6336").code());
  }
}
