// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.quiverdb.coordinator.api.FakeMembers.Answer;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.model.MemberChange;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The list of members, and changes of it. */
class MemberChangeRoutesTest extends OnFakeMembers {
  private static final String C4 =
      "{\"id\":\"c4\",\"raft\":\"127.0.0.1:4\",\"http\":\"http://127.0.0.1:44\"}";

  @BeforeEach
  void record() {
    members.record();
  }

  private MemberChange change() {
    return members.log.state().members().change().orElseThrow();
  }

  /** The entry of the leader when a step is complete. */
  private void finish() {
    MemberChange change = change();
    members.log.log(
        new Command.FinishMemberStep(change.index(), change.step(), members.log.term()));
  }

  private static String addresses(int raft) {
    return "{\"raft\":\"127.0.0.1:%d\",\"http\":\"http://127.0.0.1:33\"}".formatted(raft);
  }

  @Test
  void bothTellTheSameOfMembersAndOfTheChange() {
    members.leader("POST /cluster/members").json(C4).wants(202);
    members.leaderWaits("member c4 to answer");
    for (FakeMembers.Call call :
        List.of(members.leader("GET /cluster/members"), members.follower("GET /cluster/members"))) {
      JsonNode answer = call.key("read").wants(200).json();
      assertEquals(List.of("members", "change", "failure_tolerance"), List.copyOf(fields(answer)));
      assertEquals(
          List.of(
              "id",
              "raft",
              "http",
              "role",
              "voter",
              "match_index",
              "lag_ms",
              "last_contact",
              "healthy",
              "version",
              "format"),
          fields(answer.path("members").path(0)));
      assertEquals(List.of("c1", "c2", "c3", "c4"), ids(answer));
      JsonNode leader = answer.path("members").path(0);
      assertEquals("0.2.0", leader.path("version").asText());
      assertEquals(2, leader.path("format").asInt());
      assertEquals("2026-11-23T10:00:00Z", leader.path("last_contact").asText());
      assertTrue(answer.path("members").path(2).path("version").isNull(), "it does not answer");
      JsonNode added = answer.path("members").path(3);
      assertEquals("learner", added.path("role").asText());
      assertFalse(added.path("voter").asBoolean(true));
      JsonNode change = answer.path("change");
      assertEquals(List.of("kind", "id", "step", "since", "waiting_on"), fields(change));
      assertEquals("add", change.path("kind").asText());
      assertEquals("c4", change.path("id").asText());
      assertEquals("adding", change.path("step").asText());
      assertEquals("member c4 to answer", change.path("waiting_on").asText());
    }
    JsonNode status = members.follower("GET /cluster/status").wants(200).json();
    assertEquals("c4", status.path("member_change").path("id").asText());
    assertEquals(0, status.path("failure_tolerance").asInt(-1), "two of three are up");
    for (FakeMembers.Call call :
        List.of(members.leader("GET /metrics"), members.follower("GET /metrics"))) {
      assertEquals(OptionalInt.of(0) + "\n", call.wants(200).text());
    }
    finish();
    assertTrue(members.leader("GET /cluster/members").wants(200).json().path("change").isNull());
  }

  private static List<String> fields(JsonNode object) {
    List<String> names = new java.util.ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  private static List<String> ids(JsonNode answer) {
    return answer.path("members").findValuesAsText("id");
  }

  @Test
  void aMemberIsAddedOnceHoweverOftenItIsAskedFor() {
    Answer first = members.follower("POST /cluster/members").json(C4).wants(202);
    assertEquals(List.of("c1", "c2", "c3", "c4"), ids(first.json()));
    Answer again = members.leader("POST /cluster/members").json(C4).wants(202);
    assertEquals(first.json(), again.json());
    members.voting("c1", "c2", "c3", "c4");
    finish();
    Answer votes = members.follower("POST /cluster/members?wait=1s").json(C4).wants(200);
    assertTrue(votes.json().path("members").path(3).path("voter").asBoolean());
    assertEquals(4, members.log.state().members().members().size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"leader", "follower"})
  void theAnswerWaitsForTheVote(String asked) {
    FakeMembers.Call call =
        asked.equals("leader")
            ? members.leader("POST /cluster/members?wait=30s")
            : members.follower("POST /cluster/members?wait=30s");
    CompletableFuture<Answer> answer = CompletableFuture.supplyAsync(() -> call.json(C4).send());
    org.awaitility.Awaitility.await().until(() -> ids(list()).contains("c4"));
    assertFalse(answer.isDone());
    members.log.elect("c2"); // the one that is asked goes on waiting
    finish();
    assertEquals(200, answer.join().status(), answer.join().text());
    assertTrue(answer.join().json().path("change").isNull());
  }

  private JsonNode list() {
    return members.leader("GET /cluster/members").wants(200).json();
  }

  @Test
  void whoIsTakenOutMeanwhileGetsNoVote() {
    CompletableFuture<Answer> answer =
        CompletableFuture.supplyAsync(
            () -> members.leader("POST /cluster/members?wait=30s").json(C4).send());
    org.awaitility.Awaitility.await().until(() -> ids(list()).contains("c4"));
    members.leader("DELETE /cluster/members?id=c4").wants(200);
    finish();
    assertEquals(409, answer.join().status(), answer.join().text());
  }

  @Test
  void oneChangeAtATimeAndTheOtherIsNamed() {
    members.leader("POST /cluster/members").json(C4).wants(202);
    Answer busy = members.follower("PUT /cluster/members/c3").json(addresses(33)).wants(409);
    assertEquals("member_change_active", busy.json().path("reason").asText());
    assertTrue(busy.json().path("detail").asText().contains("member c4"), busy.text());
    members.leader("DELETE /cluster/members?id=c3&force=true").wants(409);
  }

  @Test
  void aReplacementGoesOnUntilTheOldOneIsGone() {
    Answer begun = members.follower("POST /cluster/members/c3/replace").json(C4).wants(202);
    assertEquals("replace", begun.json().path("change").path("kind").asText());
    members.voting("c1", "c2", "c3", "c4");
    finish();
    members.leader("POST /cluster/members/c3/replace").json(C4).wants(202);
    finish();
    Answer done = members.leader("POST /cluster/members/c3/replace").json(C4).wants(200);
    assertEquals(List.of("c1", "c2", "c4"), ids(done.json()));
    members.leader("POST /cluster/members/c9/replace").json(C4).wants(404);
  }

  @Test
  void anAddressIsChangedAndTheSameAgainIsNothing() {
    Answer moved = members.follower("PUT /cluster/members/c3").json(addresses(33)).wants(200);
    assertEquals("set_address", moved.json().path("change").path("kind").asText());
    assertEquals("127.0.0.1:33", moved.json().path("members").path(2).path("raft").asText());
    long index = change().index();
    members.leader("PUT /cluster/members/c3").json(addresses(33)).wants(200);
    assertEquals(index, change().index());
    members.leader("PUT /cluster/members/c9").json(addresses(99)).wants(404);
  }

  @Test
  void oneThatStillRunsAtItsOldRaftAddressIsNotMoved() {
    Answer refused = members.follower("PUT /cluster/members/c2").json(addresses(22)).wants(409);
    assertEquals("running", refused.json().path("check").asText(), refused.text());
    assertTrue(members.log.state().members().change().isEmpty());
    // Its REST surface alone may move while it runs.
    members.leader("PUT /cluster/members/c2").json(addresses(2)).wants(200);
  }

  @Test
  void aLeaderIsToldBeforeItMoves() {
    members.follower("PUT /cluster/members/c1").json(addresses(11)).wants(200);
    assertEquals("c1", change().id());
  }

  private List<String> alarms() {
    return members
        .follower("GET /cluster/status")
        .wants(200)
        .json()
        .path("alarms")
        .findValuesAsText("code");
  }

  @Test
  void oneThatIsBeingAddedIsNoAlarm() {
    members.leader("POST /cluster/members").json(C4).wants(202);
    members.waits("c3");
    members.waits("c4");
    assertEquals(1, Collections.frequency(alarms(), "member_rejoining"), "c3 has lost its data");
  }

  @Test
  void noneToSpareIsAnAlarmOfThreeAndNotOfTwo() {
    assertTrue(alarms().contains("no_failure_tolerance"), "c3 is down");
    members.voting("c1", "c2");
    assertFalse(alarms().contains("no_failure_tolerance"));
  }

  @Test
  void aRemovalThatLeavesNoQuorumIsRefusedEvenWithForce() {
    // c3 is down: without c2 there is one of two.
    for (String line :
        List.of("DELETE /cluster/members?id=c2", "DELETE /cluster/members?id=c2&force=true")) {
      Answer refused = members.follower(line).wants(409);
      assertEquals("quorum", refused.json().path("check").asText(), refused.text());
    }
    assertTrue(members.log.state().members().change().isEmpty());
  }

  @Test
  void aRemovalThatLeavesAnEvenNumberNeedsForce() {
    Answer refused = members.follower("DELETE /cluster/members?id=c3").wants(409);
    assertEquals("even", refused.json().path("check").asText(), refused.text());
    assertTrue(members.log.state().members().change().isEmpty());
    Answer begun = members.follower("DELETE /cluster/members?id=c3&force=true").wants(200);
    assertEquals("remove", begun.json().path("change").path("kind").asText());
    members.leader("DELETE /cluster/members?id=c3").wants(200); // a repetition is not checked
    finish();
    Answer gone = members.leader("DELETE /cluster/members?id=c3").wants(200);
    assertEquals(List.of("c1", "c2"), ids(gone.json()));
  }

  @Test
  void aRepeatedKeyIsNotCheckedAgain() {
    String line = "DELETE /cluster/members?id=c3&force=true";
    members.leader(line).header("Idempotency-Key", "k").wants(200);
    finish();
    members.leader("POST /cluster/members").json(C4).wants(202);
    Answer again = members.follower(line).header("Idempotency-Key", "k").wants(200);
    assertEquals("true", again.header("Idempotent-Replay"));
  }

  @Test
  void whoIsNotThereCannotBeRemoved() {
    Answer unknown = members.leader("DELETE /cluster/members?id=c9").wants(404);
    assertEquals("unknown_member", unknown.json().path("reason").asText());
    members.leader("DELETE /cluster/members").wants(400);
  }

  @ParameterizedTest
  @CsvSource({
    "c5,        0.0.0.0:1,       http://127.0.0.1:55, raft",
    "c5,        127.0.0.1,       http://127.0.0.1:55, raft",
    "c5,        my_host:1,       http://127.0.0.1:55, raft",
    "c5,        127.0.0.1:5,     http://127.0.0.1:55/x, http",
    "c5,        127.0.0.1:5,     ftp://127.0.0.1:55, http",
    "c5,        127.0.0.1:5,     http://0.0.0.0:55, http",
    "-c5,       127.0.0.1:5,     http://127.0.0.1:55, id",
  })
  void whatIsNoMemberIsNamed(String id, String raft, String http, String field) {
    String body = "{\"id\":\"%s\",\"raft\":\"%s\",\"http\":\"%s\"}".formatted(id, raft, http);
    for (String line : List.of("POST /cluster/members", "POST /cluster/members/c3/replace")) {
      Answer answer = members.follower(line).json(body).wants(400);
      String detail = answer.json().path("detail").asText();
      assertTrue(detail.contains(field + ": "), detail);
    }
    members.leader("POST /cluster/members").json("{\"id\":\"c5\"}").wants(422);
    assertEquals(3, members.log.state().members().members().size());
  }

  @Test
  void anAddressThatAnotherHasIsRefused() {
    String taken = "{\"id\":\"c5\",\"raft\":\"127.0.0.1:3\",\"http\":\"http://127.0.0.1:55\"}";
    Answer refused = members.leader("POST /cluster/members").json(taken).wants(409);
    assertEquals("duplicate_member", refused.json().path("reason").asText());
    members.leader("POST /cluster/members?wait=2m").json(C4).wants(400);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST /cluster/members",
        "DELETE /cluster/members?id=c3",
        "PUT /cluster/members/c3",
        "POST /cluster/members/c3/replace"
      })
  void membersAreChangedByAdminsAlone(String line) {
    members.leader(line).key("read").json(C4).wants(403);
    members.follower(line).key("write").json(C4).wants(403);
    // Without c3 an even number would be left: a precondition comes before that.
    Answer outdated = members.follower(line).header("If-Match", "\"77\"").json(C4).wants(412);
    assertEquals("version_mismatch", outdated.json().path("reason").asText());
    assertEquals(0, outdated.json().path("current_version").asLong(-1));
  }

  @Test
  void membersAreChangedBeforeThereIsAMap(@TempDir Path other) {
    try (FakeMembers young = new FakeMembers(other, false)) {
      Answer early = young.follower("POST /cluster/members").json(C4).wants(503);
      assertTrue(early.json().path("detail").asText().contains("format 1"), early.text());
      young.follower("DELETE /cluster/members?id=c3").wants(503);
      young.record();
      young.follower("POST /cluster/members").json(C4).wants(202);
    }
  }
}
