// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.request;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.codec.EntryCodec;
import io.quiverdb.coordinator.codec.UndecodableException;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.command.IdempotencyKey;
import io.quiverdb.coordinator.command.Proposal;
import io.quiverdb.coordinator.command.Stamp;
import io.quiverdb.coordinator.consensus.AppliedState;
import io.quiverdb.coordinator.consensus.StateView;
import io.quiverdb.coordinator.consensus.Submission;
import io.quiverdb.coordinator.member.Forwarding;
import io.quiverdb.coordinator.member.Forwarding.Result;
import io.quiverdb.coordinator.member.SubmissionsJson;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.Outcome;
import io.quiverdb.coordinator.model.Refusal;
import io.quiverdb.coordinator.model.Result.IdResult;
import io.quiverdb.coordinator.model.ShardMap;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Changes that a follower gathers for the leader: which ones share a request, and the answer to
 * each.
 */
@Timeout(value = 10, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // a join hangs
class ForwardedChangesTest {
  private static final URI LEADER = URI.create("http://leader:1");
  private static final String KEY = "Bearer one";

  private final List<Sent> sent = new ArrayList<>();
  private final AtomicLong nanos = new AtomicLong();
  private final AppliedLater view = new AppliedLater();
  private final ForwardedChanges changes =
      new ForwardedChanges(
          (leader, authorization, body) -> {
            Sent request = new Sent(authorization, keys(body), new CompletableFuture<>());
            sent.add(request);
            return request.result;
          },
          view,
          nanos::get);

  /** A request under way, with the idempotency keys of its changes. */
  private record Sent(
      String authorization, List<String> changes, CompletableFuture<Forwarding.Result> result) {
    void answered(Submission... submissions) {
      answered(200, SubmissionsJson.toBytes(List.of(submissions)));
    }

    void answered(int status, byte[] body) {
      result.complete(new Result.Answered(status, body, Map.of()));
    }
  }

  private static final class AppliedLater implements StateView {
    CompletableFuture<AppliedState> applied =
        CompletableFuture.completedFuture(new AppliedState(ClusterState.INITIAL, 9, 1));
    final List<Long> awaited = new ArrayList<>();

    @Override
    public AppliedState current() {
      return new AppliedState(ClusterState.INITIAL, 1, 1);
    }

    @Override
    public Optional<ShardMap> mapAt(long version) {
      return Optional.empty();
    }

    @Override
    public CompletableFuture<AppliedState> awaitIndex(long index, Duration limit) {
      awaited.add(index);
      return applied;
    }

    @Override
    public Subscription subscribe(Consumer<AppliedState> watcher) {
      return () -> {};
    }
  }

  private static List<String> keys(byte[] entry) {
    try {
      return EntryCodec.current().decodeEntry(entry).stream()
          .map(proposal -> proposal.idempotencyKey().orElseThrow().key())
          .toList();
    } catch (UndecodableException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] change(String key) {
    Proposal proposal =
        new Proposal(
            new Stamp("c1", "ops", 1),
            Optional.of(new IdempotencyKey(key, "f")),
            OptionalLong.empty(),
            new Command.AllocateId());
    return EntryCodec.current().encode(proposal, 1);
  }

  private CompletableFuture<Optional<Submission>> submit(String key) {
    return changes.submit(LEADER, KEY, change(key));
  }

  /** A change whose answer is ignored. */
  private void begin(String key) {
    var unused = submit(key);
  }

  private static Submission id(long id) {
    return new Submission.Answered(new Outcome.Accepted(new IdResult(id)), false, id, 1);
  }

  @Test
  void aLoneChangeIsSentAtOnceAndThoseThatComeMeanwhileShareTheNextRequest() {
    var first = submit("a");
    var second = submit("b");
    var third = submit("c");
    var fourth = submit("d");
    assertEquals(List.of(List.of("a"), List.of("b")), sent.stream().map(Sent::changes).toList());
    sent.get(0).answered(id(2));
    assertEquals(Optional.of(id(2)), first.join());
    assertEquals(List.of("c", "d"), sent.get(2).changes());
    Submission refused =
        new Submission.Answered(
            new Outcome.Rejected(Refusal.COUNTER_EXHAUSTED, "no id is left", 7), true, 5, 2);
    sent.get(2).answered(new Submission.Unknown("leadership moved"), refused);
    assertEquals(Optional.of(new Submission.Unknown("leadership moved")), third.join());
    assertEquals(Optional.of(refused), fourth.join());
    assertFalse(second.isDone());
  }

  @Test
  void whatWaitedTooLongIsNeverSentAndSaysSo() {
    begin("a");
    begin("b");
    var waiting = submit("c");
    nanos.addAndGet(LeaderForwarder.ATTEMPTS.toNanos());
    var young = submit("d");
    sent.get(0).result.complete(new Result.Unknown("no answer"));
    assertInstanceOf(Submission.Unavailable.class, waiting.join().orElseThrow());
    assertEquals(List.of("d"), sent.get(2).changes());
    assertFalse(young.isDone());
  }

  @Test
  void whatWasSentAndNotAnsweredIsUnknownAndWhatWasNotSentIsNot() {
    var gone = submit("a");
    begin("b");
    var next = submit("c");
    sent.get(0).result.complete(new Result.Unknown("no answer"));
    assertInstanceOf(Submission.Unknown.class, gone.join().orElseThrow());
    sent.get(2).result.complete(new Result.NeverSent("refused"));
    assertInstanceOf(Submission.Unavailable.class, next.join().orElseThrow());
  }

  @Test
  void aLeaderThatTakesNoRequestsHasLoggedNothing() {
    var change = submit("a");
    sent.get(0).answered(503, new byte[0]);
    assertInstanceOf(Submission.Unavailable.class, change.join().orElseThrow());
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 404, 413, 422})
  void aRequestThatIsRefusedAsSuchIsToBePassedOnByItself(int status) {
    var change = submit("a");
    sent.get(0).answered(status, new byte[0]);
    assertEquals(Optional.empty(), change.join());
  }

  @ParameterizedTest
  @ValueSource(ints = {500, 504, 302})
  void anyOtherAnswerLeavesTheOutcomeUnknown(int status) {
    var change = submit("a");
    sent.get(0).answered(status, new byte[0]);
    assertInstanceOf(Submission.Unknown.class, change.join().orElseThrow());
  }

  @Test
  void anAnswerThatIsNoneLeavesTheOutcomeUnknown() {
    var tooMany = submit("a");
    sent.get(0).answered(id(2), id(3));
    var broken = submit("b");
    sent.get(1).answered(200, "[{\"index\":1}]".getBytes(StandardCharsets.UTF_8));
    assertInstanceOf(Submission.Unknown.class, tooMany.join().orElseThrow());
    assertInstanceOf(Submission.Unknown.class, broken.join().orElseThrow());
  }

  @Test
  void callersWithDifferentKeysDoNotShareARequest() {
    begin("a");
    begin("b");
    begin("c");
    var unused = changes.submit(LEADER, "Bearer two", change("x"));
    assertEquals("Bearer two", sent.get(2).authorization());
    assertEquals(List.of("x"), sent.get(2).changes());
    sent.get(0).answered(id(2));
    assertEquals(List.of("c"), sent.get(3).changes());
  }

  @Test
  void aRequestHasABound() {
    begin("a");
    begin("b");
    for (int i = 0; i < 1_000; i++) {
      begin("key-" + i);
    }
    sent.get(0).answered(id(2));
    int shared = sent.get(2).changes().size();
    assertTrue(shared > 100 && shared < 600, shared + " changes in one request");
    sent.get(1).answered(id(3));
    assertEquals("key-" + shared, sent.get(3).changes().get(0), "the others follow, in order");
  }

  @Test
  void noMoreWaitThanThereIsRoomFor() {
    List<CompletableFuture<Optional<Submission>>> all = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      all.add(submit("key-" + i));
    }
    long refused = all.stream().filter(CompletableFuture::isDone).count();
    assertEquals(5_000 - 4_096 - 2, refused);
    assertInstanceOf(Submission.Unavailable.class, all.get(4_999).join().orElseThrow());
  }

  @Test
  void anAnswerWaitsUntilThisMemberHasAppliedTheChange() {
    view.applied = new CompletableFuture<>();
    begin("a");
    begin("b");
    var third = submit("c");
    var fourth = submit("d");
    sent.get(0).answered(id(2));
    sent.get(2).answered(id(7), id(8));
    assertEquals(List.of(2L, 8L), view.awaited);
    assertFalse(third.isDone());
    view.applied.completeExceptionally(new TimeoutException());
    assertEquals(Optional.of(id(8)), fourth.join(), "a member that lags answers all the same");
  }
}
