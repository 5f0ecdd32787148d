// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.consensus.FailureListener;
import io.quiverdb.coordinator.consensus.FailureListener.Cause;
import io.quiverdb.coordinator.consensus.StateView;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.MemberList;
import java.io.IOException;
import org.apache.ratis.util.LifeCycle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The work of a running member in every freshness interval. It proves the age of its state, and
 * takes the list of members and their incarnations from a proven state. Used by one thread.
 */
final class Pulse {
  private static final Logger LOG = LoggerFactory.getLogger(Pulse.class);

  private final KnownMembers members;
  private final PeerReports peers;
  private final DataDirectory directory;
  private final RaftNode node;
  private final LinearizableReads reads;
  private final LostLeader lostLeader;
  private final LeadershipWatch leadership;
  private final StateView view;
  private final FailureListener failure;

  Pulse(
      RatisSettings settings,
      KnownMembers members,
      PeerReports peers,
      DataDirectory directory,
      RaftNode node,
      LinearizableReads reads,
      LeadershipWatch leadership,
      StateView view,
      FailureListener failure) {
    this.members = members;
    this.peers = peers;
    this.directory = directory;
    this.node = node;
    this.reads = reads;
    this.lostLeader = new LostLeader(settings, members);
    this.leadership = leadership;
    this.view = view;
    this.failure = failure;
  }

  void beat() throws IOException, InterruptedException {
    // STARTING is fine: it also holds for a member that no leader has added yet.
    if (!LifeCycle.States.STARTING_OR_RUNNING.contains(node.info().getLifeCycleState())) {
      Removal.look(directory.identity(), view.current().state().members(), peers.gather(), failure);
      failure.failed(
          Cause.OTHER,
          "The Raft server of this member has closed (it is "
              + node.info().getLifeCycleState()
              + "). See the log above for the reason. Start this member again.");
      return;
    }
    reads.refresh();
    lostLeader.look(node);
    if (reads.staleness().isEmpty()) {
      // The state may be that of an old snapshot; the identity knows of later admissions.
      return;
    }
    ClusterState state = view.current().state();
    follow(state.members());
    Identity before = directory.identity();
    Identity identity =
        directory.change(known -> known.agreeing(state.incarnations(), state.members()));
    if (!identity.equals(before)) {
      node.addNames(identity.peersOf(members.others()));
    }
    if (identity.standing() == Identity.Standing.REJOINING && node.votes(identity.memberId())) {
      var unused = directory.change(Identity::member);
      LOG.info("this member has caught up and votes");
      leadership.look();
    }
  }

  private void follow(MemberList list) {
    KnownMembers.Difference difference = members.follow(list);
    for (String moved : difference.moved()) {
      LOG.info("member {} is at another Raft address now", moved);
      var unused = node.reconnect(moved);
    }
    difference.gone().stream()
        .flatMap(id -> list.findRemoved(id).stream())
        .forEach(gone -> node.forget(PeerIds.candidates(gone.id(), gone.incarnation())));
  }
}
