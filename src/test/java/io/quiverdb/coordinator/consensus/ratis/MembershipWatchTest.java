// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.consensus.AppliedState;
import io.quiverdb.coordinator.consensus.Leadership.Role;
import io.quiverdb.coordinator.consensus.MemberReport;
import io.quiverdb.coordinator.consensus.Membership.Kind;
import io.quiverdb.coordinator.consensus.Membership.Trouble;
import io.quiverdb.coordinator.consensus.OtherMemberException;
import io.quiverdb.coordinator.consensus.Reads;
import io.quiverdb.coordinator.consensus.StubReport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The reports of member a about b and c. */
class MembershipWatchTest {
  private static final MembershipWatch.Own OWN =
      new MembershipWatch.Own(true, Set.of("a", "b", "c"), Optional.of("a"));

  private final List<String> dialled = new ArrayList<>();
  private Optional<String> dialFailure = Optional.empty();
  private final MembershipWatch watch = watch();

  private MembershipWatch watch() {
    RatisSettings settings = TestSettings.unstarted(Path.of("none"), "a", "b", "c");
    return new MembershipWatch(
        settings,
        new KnownMembers("a", settings.members()),
        () -> null,
        new NoReads(),
        address -> {
          dialled.add(address);
          return dialFailure;
        });
  }

  private static final class NoReads implements Reads {
    @Override
    public CompletableFuture<AppliedState> linearizable() {
      return CompletableFuture.failedFuture(new IllegalStateException("not asked"));
    }

    @Override
    public Optional<Duration> staleness() {
      return Optional.empty();
    }
  }

  private static MemberReport says(String id, Role role, boolean ready, long applied) {
    return says(id, role, ready, applied, Map.of());
  }

  static MemberReport says(
      String id, Role role, boolean ready, long applied, Map<String, String> unreachable) {
    return stub(id, role, ready, applied).unreachable(unreachable).build();
  }

  private static StubReport stub(String id, Role role, boolean ready, long applied) {
    return StubReport.of(id).role(role).ready(ready).index(applied).staleness(OptionalLong.empty());
  }

  private static MemberReport doubted(String id) {
    return stub(id, Role.FOLLOWER, false, 5).noVote("nobody knows it").build();
  }

  private static PeerAnswers answers(MemberReport... reports) {
    return new PeerAnswers(
        List.of(reports).stream()
            .collect(java.util.stream.Collectors.toMap(MemberReport::id, report -> report)),
        Map.of());
  }

  private static MemberReport well(String id) {
    return says(id, Role.FOLLOWER, true, 9);
  }

  /** Twice, as it takes two looks to see that nothing comes on. */
  private List<Trouble> look(PeerAnswers answers, MembershipWatch.Own own) {
    watch.look(answers, own);
    watch.look(answers, own);
    return watch.troubles();
  }

  private String only(List<Trouble> troubles) {
    assertEquals(1, troubles.size(), troubles.toString());
    return troubles.get(0).detail();
  }

  @Test
  void allIsWell() {
    assertEquals(List.of(), look(answers(well("b"), well("c")), OWN));
    assertEquals(Optional.of(Set.of("b", "c")), watch.following());
    assertEquals(List.of(), dialled);
  }

  @Test
  void oneThatFollowsNobodyIsNamedWithTheReason() {
    PeerAnswers answers = answers(well("b"), says("c", Role.CANDIDATE, false, 5));
    String lost = only(look(answers, OWN));
    assertTrue(lost.startsWith("member c answers over HTTP, but follows no leader: "), lost);
    assertTrue(lost.contains("c:6336 and the leader a send each other does not arrive"), lost);
    assertEquals(Optional.of(Set.of("b")), watch.following());

    dialFailure = Optional.of("Connection refused");
    String refused = only(look(answers, OWN));
    assertTrue(refused.contains("takes no connection from member a (Connection refused)"), refused);
    assertTrue(refused.contains("raft.listen"), refused);
  }

  @Test
  void oneThatDoesNotVoteIsNamed() {
    MembershipWatch.Own two = new MembershipWatch.Own(true, Set.of("a", "b"), Optional.of("a"));
    String detail = only(look(answers(well("b"), well("c")), two));
    assertTrue(detail.startsWith("member c does not vote: "), detail);
    assertEquals(Optional.of(Set.of("b")), watch.following());
  }

  @Test
  void whoCatchesUpOrWaitsToBeAddedOrDoesNotAnswerIsNoTroubleHere() {
    watch.look(answers(well("b"), says("c", Role.FOLLOWER, false, 5)), OWN);
    assertEquals(List.of(), watch.troubles(), "seen for the first time");
    watch.look(answers(well("b"), says("c", Role.FOLLOWER, false, 6)), OWN);
    assertEquals(List.of(), watch.troubles(), "it comes on");
    assertEquals(List.of(), look(answers(well("b"), says("c", Role.REJOINING, false, -1)), OWN));
    assertEquals(
        List.of(),
        look(
            new PeerAnswers(Map.of("b", well("b")), Map.of("c", new IOException("silence"))), OWN));
    assertEquals(Optional.of(Set.of("b")), watch.following());
  }

  @Test
  void somebodyElseAtItsAddressIsNamed() {
    PeerAnswers answers =
        new PeerAnswers(
            Map.of("b", well("b")), Map.of("c", new OtherMemberException("it is member b")));
    assertEquals(
        List.of(new Trouble("c", Kind.NOT_FOLLOWING, "it is member b")), look(answers, OWN));
    assertEquals(" (c: it is member b)", answers.missing());
    assertEquals("", answers(well("b"), well("c")).missing());
  }

  /** Its own fault would look like theirs. */
  @Test
  void whoDoesNotFollowItselfSaysNothing() {
    MembershipWatch.Own alone =
        new MembershipWatch.Own(false, Set.of("a", "b", "c"), Optional.empty());
    MemberReport lost = says("c", Role.CANDIDATE, false, 5);
    assertEquals(List.of(), look(answers(says("b", Role.CANDIDATE, false, 5), lost), alone));
    assertEquals(Optional.empty(), watch.following());
  }

  /** There is no leader for want of its vote, and so nobody is fresh. */
  @Test
  void whoGrantsNoVoteIsNamedAlsoWithoutALeader() {
    MembershipWatch.Own alone =
        new MembershipWatch.Own(false, Set.of("a", "b", "c"), Optional.empty());
    PeerAnswers answers = answers(says("b", Role.CANDIDATE, false, 5), doubted("c"));
    watch.look(answers, alone);
    assertEquals(List.of(), watch.troubles(), "it may have started just now");
    watch.look(answers, alone);
    assertEquals("member c grants no vote yet: nobody knows it", only(watch.troubles()));
    watch.look(answers(well("b"), well("c")), alone);
    assertEquals(List.of(), watch.troubles());
  }

  @Test
  void aLeaderThatCannotBeReachedIsNamedByThoseThatFollowIt() {
    MembershipWatch.Own follower =
        new MembershipWatch.Own(false, Set.of("a", "b", "c"), Optional.of("c"));
    PeerAnswers answers =
        answers(says("b", Role.FOLLOWER, false, 5), says("c", Role.LEADER, true, 5));
    assertEquals(List.of(), look(answers, follower), "it can be reached");
    dialFailure = Optional.of("Connection refused");
    String detail = only(look(answers, follower));
    assertTrue(
        detail.startsWith(
            "member c leads, but its Raft address c:6336 takes no connection from member a"
                + " (Connection refused)"),
        detail);
  }

  /** It blamed them: what it and they send each other did not arrive. */
  @Test
  void aLeaderThatItsFollowersCannotReachNamesItsOwnAddress() {
    Map<String, String> refused = Map.of("a", "Connection refused");
    String detail =
        only(
            look(
                answers(
                    says("b", Role.FOLLOWER, false, 5, refused),
                    says("c", Role.FOLLOWER, false, 5, refused)),
                OWN));
    assertTrue(
        detail.startsWith(
            "member a leads, but its Raft address a:6336 takes no connection from member b"
                + " (Connection refused), member c (Connection refused). "),
        detail);
    assertEquals(List.of(), dialled);
    assertEquals(Map.of(), watch.unreachable());
  }

  @Test
  void whoDoesNotReachItsLeaderTellsTheOthers() {
    dialFailure = Optional.of("Connection refused");
    MembershipWatch.Own follower =
        new MembershipWatch.Own(false, Set.of("a", "b", "c"), Optional.of("c"));
    look(answers(well("b"), says("c", Role.LEADER, true, 5)), follower);
    assertEquals(Map.of("c", "Connection refused"), watch.unreachable());
    look(answers(well("b"), well("c")), OWN);
    assertEquals(Map.of(), watch.unreachable());
  }

  @Test
  void aVoterThatTheConfigurationDoesNotNameIsNamed() {
    MembershipWatch.Own more =
        new MembershipWatch.Own(true, Set.of("a", "b", "c", "d"), Optional.of("a"));
    List<Trouble> troubles = look(answers(well("b"), well("c")), more);
    String detail = only(troubles);
    assertEquals(Kind.NOT_CONFIGURED, troubles.get(0).kind());
    assertTrue(detail.startsWith("member d votes, but ensemble.members of member a"), detail);
  }
}
