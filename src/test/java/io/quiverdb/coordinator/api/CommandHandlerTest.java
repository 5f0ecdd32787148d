// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.codec.EntryCodec;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.command.Proposal;
import io.quiverdb.coordinator.command.Stamp;
import io.quiverdb.coordinator.consensus.Submission;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules of every change: keys, preconditions, repetition, forwarding, and failures. */
class CommandHandlerTest extends OnFakeMembers {
  private static final String SHARD = "{\"primary_url\":\"http://s:1\"}";

  private long id(FakeMembers.Answer answer) {
    return answer.json().path("id").asLong();
  }

  @Test
  void idsRiseWhoeverIsAsked() {
    assertEquals("{\"id\":2}", members.leader("POST /cluster/ids").wants(200).text());
    assertEquals("{\"id\":3}", members.follower("POST /cluster/ids").wants(200).text());
    assertEquals("{\"id\":4}", members.leader("POST /cluster/ids").wants(200).text());
  }

  @Test
  void anAnswerTellsWhoGaveItAndWhichEntryItIsOf() {
    FakeMembers.Answer first = members.leader("POST /cluster/ids").wants(200);
    FakeMembers.Answer second = members.follower("POST /cluster/ids").wants(200);
    assertEquals("c1", first.header("X-Quiver-Node"));
    assertEquals("c2", second.header("X-Quiver-Node"));
    assertEquals("1", second.header("X-Quiver-Term"));
    assertEquals(
        Long.parseLong(first.header("X-Quiver-Applied-Index")) + 1,
        Long.parseLong(second.header("X-Quiver-Applied-Index")));
  }

  @ParameterizedTest
  @CsvSource({"'', 401", "nonsense, 401", "read, 403", "write, 403"})
  void onlyAnAdminChangesSomethingThroughAnyMember(String key, int status) {
    members.leader("POST /cluster/ids").key(key).wants(status);
    members.follower("POST /cluster/ids").key(key).wants(status);
    members.follower("POST /cluster/shards").json(SHARD).key(key).wants(status);
    members.follower("POST /cluster/shards").json("{").key(key).wants(status);
    members.leader("DELETE /cluster/shards/first").key(key).wants(status);
    assertEquals(2, id(members.leader("POST /cluster/ids").wants(200)), "nothing was used up");
  }

  @ParameterizedTest
  @CsvSource({"grow, read", "grow, write", "joining, read", "joining, admin"})
  void aRouteThatStandsWhereAnIdWouldIsOnlyPosted(String route, String key) {
    assertEquals(
        "POST",
        members.follower("DELETE /cluster/shards/" + route).key(key).wants(405).header("Allow"));
    members.follower("DELETE /cluster/shards/" + route).key("").wants(401);
  }

  @Test
  void aRepeatedKeyGetsItsFirstResultFromAnyMember() {
    FakeMembers.Answer first =
        members.leader("POST /cluster/ids").header("Idempotency-Key", "k").wants(200);
    FakeMembers.Answer again =
        members.follower("POST /cluster/ids").header("Idempotency-Key", "k").wants(200);
    assertEquals("", first.header("Idempotent-Replay"));
    assertEquals("true", again.header("Idempotent-Replay"));
    assertEquals(first.text(), again.text());
    assertEquals(3, id(members.leader("POST /cluster/ids").wants(200)));
  }

  @Test
  void aRefusalIsRememberedLikeASuccess() {
    String twice = "{\"primary_url\":\"http://127.0.0.1:1\"}";
    for (String replay : List.of("", "true")) {
      FakeMembers.Answer refused =
          members
              .follower("POST /cluster/shards")
              .header("Idempotency-Key", "k")
              .json(twice)
              .wants(409);
      assertEquals("duplicate_url", refused.json().path("reason").asText());
      assertEquals(replay, refused.header("Idempotent-Replay"));
    }
    assertEquals(3, id(members.leader("POST /cluster/ids").wants(200)), "it used up one id");
  }

  @Test
  void aKeyIsForOneRequest() {
    members.leader("POST /cluster/shards").header("Idempotency-Key", "k").json(SHARD).wants(200);
    String other = SHARD.replace("s:1", "t:1");
    members.leader("POST /cluster/shards").header("Idempotency-Key", "k").json(other).wants(422);
    members.leader("POST /cluster/ids").header("Idempotency-Key", "k").wants(422);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b", ""})
  void aKeyThatCannotBeOneIsRefused(String key) {
    FakeMembers.Answer refused =
        members.leader("POST /cluster/ids").header("Idempotency-Key", key).wants(400);
    assertTrue(refused.json().path("detail").asText().contains("Idempotency-Key"), refused.text());
  }

  @Test
  void aChangeOnlyOfTheExpectedMap() {
    members.follower("POST /cluster/shards").header("If-Match", "\"0\"").json(SHARD).wants(200);
    FakeMembers.Answer stale =
        members.follower("DELETE /cluster/shards/2").header("If-Match", "\"0\"").wants(412);
    assertEquals(1, stale.json().path("current_version").asLong());
    members.leader("DELETE /cluster/shards/2").header("If-Match", "one").wants(400);
    FakeMembers.Answer gone =
        members.leader("DELETE /cluster/shards/2").header("If-Match", "*").wants(200);
    assertEquals(2, gone.json().path("version").asLong());
  }

  /** RFC 9110, section 13.1.1: one of a list is enough, and a weak tag never matches. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "W/\"0\"           | 412",
        "\"1\", \"0\"      | 200",
        "W/\"0\",\"0\"     | 200",
        "\"1\" , W/\"0\"   | 412",
        "\"a,b\", \"0\"    | 200",
        "\"none\"          | 412",
        "\"0\" \"1\"       | 400",
        "\"0                | 400",
        "\"99999999999999999999\" | 400",
      })
  void aPreconditionIsAListOfStrongTags(String ifMatch, int status) {
    for (FakeMembers.Call call :
        List.of(members.leader("POST /cluster/ids"), members.follower("POST /cluster/ids"))) {
      FakeMembers.Answer answer = call.header("If-Match", ifMatch).wants(status);
      if (status == 412) {
        assertEquals(0, answer.json().path("current_version").asLong(-1), answer.text());
      }
    }
  }

  @Test
  void whatSurelyDidNotHappenIsNoUnknown() {
    members.log.fail(Optional.of(new Submission.Unavailable("no majority")));
    for (FakeMembers.Call change :
        List.of(members.leader("POST /cluster/ids"), members.follower("POST /cluster/ids"))) {
      FakeMembers.Answer refused = change.wants(503);
      assertEquals("1", refused.header("Retry-After"));
      assertTrue(refused.json().path("detail").asText().contains("no majority"), refused.text());
    }
  }

  @Test
  void whatMayHaveHappenedIsUnknown() {
    members.log.fail(Optional.of(new Submission.Unknown("the leader has changed")));
    for (FakeMembers.Call change :
        List.of(members.leader("POST /cluster/ids"), members.follower("POST /cluster/ids"))) {
      FakeMembers.Answer unknown = change.wants(504);
      assertEquals("Outcome Unknown", unknown.json().path("title").asText());
    }
  }

  /** Two members that each take the other one for the leader would forward it forever. */
  @Test
  void aForwardedRequestIsNotForwardedAgain() {
    members.log.fail(Optional.of(new Submission.NotLeader(Optional.of("c2"))));
    FakeMembers.Answer refused = members.follower("POST /cluster/ids").wants(503);
    assertEquals("c2", refused.header("X-Quiver-Node"));
  }

  @Test
  void withoutItsLeaderAFollowerSaysThatNothingWasDone() {
    members.log.elect("c2");
    members.stopFollower();
    FakeMembers.Answer refused = members.leader("POST /cluster/ids").wants(503);
    assertTrue(refused.headers().firstValue("Retry-After").isPresent(), refused.text());
    assertEquals("c2", refused.json().path("leader").asText());
  }

  /** The route for changes that a member gathers for the leader accepts nothing else. */
  @Test
  void gatheredChangesAreIdsOfTheCallersOwnKey() {
    String route = "POST /internal/changes";
    String id = entry(new Command.AllocateId());
    assertEquals(2, members.leader(route).json("[" + id + "," + id + "]").wants(200).json().size());
    assertEquals(4, id(members.leader("POST /cluster/ids").wants(200)));
    members.leader(route).json(entry(new Command.RemoveShard(0))).wants(422);
    members.leader(route).json("[]").wants(422);
    members.leader(route).json(id).key("write").wants(403);
    members.leader(route).json(id).key("").wants(401);
    assertEquals(
        "c1", members.follower(route).json(id).wants(200).json().path(0).path("leader").asText());
  }

  private static String entry(Command command) {
    Proposal proposal = Proposal.of(new Stamp("c9", "stranger", 1), command);
    return new String(EntryCodec.current().encode(proposal, 1), StandardCharsets.UTF_8);
  }
}
