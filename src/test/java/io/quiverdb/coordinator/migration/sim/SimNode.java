// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.sim;

import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.Gate;
import io.quiverdb.coordinator.model.Migration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A member's process: what it has applied, whether it believes to lead, and the engine that it runs
 * while it does.
 */
final class SimNode {
  final String id;
  final long clockOffset;
  private final Sim sim;
  private final List<Promise<Boolean>> watchers = new ArrayList<>();
  private final List<Runnable> heldPolls = new ArrayList<>();
  private Optional<Gate> gate = Optional.empty();
  private long gateUntil;
  private Group group;
  private ClusterState state = ClusterState.INITIAL;
  private int applied;
  private boolean up = true;
  private boolean isolated;
  private long leadsIn;
  private long confirmedSent = Long.MIN_VALUE;
  private long confirmedTerm;
  private Actor engine;

  SimNode(Sim sim, String id, long clockOffset) {
    this.sim = sim;
    this.id = id;
    this.clockOffset = clockOffset;
    this.group = new Group(id);
  }

  Group group() {
    return group;
  }

  ClusterState state() {
    return state;
  }

  int applied() {
    return applied;
  }

  boolean up() {
    return up;
  }

  boolean isolated() {
    return isolated;
  }

  boolean frozen() {
    return group.frozen();
  }

  /** Whether the others can talk with it. */
  boolean reachable() {
    return up && !isolated && !frozen();
  }

  /** The term in which it believes to lead; 0: it does not. */
  long leadsIn() {
    return leadsIn;
  }

  void apply(int index, ClusterState newer) {
    if (up && index > applied) {
      applied = index;
      state = newer;
      List<Promise<Boolean>> woken = List.copyOf(watchers);
      watchers.clear();
      woken.forEach(promise -> promise.keep(true));
      look();
    }
  }

  private void look() {
    Optional<Gate> now = state.migrations().active().flatMap(Migration::gate);
    if (!now.equals(gate)) {
      gate = now;
      gateUntil = sim.now() + Gate.LIMIT.toNanos();
      letPollsGo();
    }
  }

  /** Answers a router's poll when no gate holds it. */
  void poll(Runnable answer) {
    if (!up || gate.isEmpty() || sim.now() >= gateUntil) {
      answer.run();
      return;
    }
    heldPolls.add(answer);
    sim.after(
        gateUntil - sim.now(),
        () -> {
          if (heldPolls.remove(answer)) {
            answer.run();
          }
        });
  }

  private void letPollsGo() {
    List<Runnable> answers = List.copyOf(heldPolls);
    heldPolls.clear();
    answers.forEach(Runnable::run);
  }

  /** Completes with the next change of its state. */
  Promise<Boolean> nextChange() {
    Promise<Boolean> change = new Promise<>(sim);
    watchers.add(change);
    return change;
  }

  /** A linearizable read that it sent then has succeeded. */
  void confirmed(long sent, long term) {
    if (sent > confirmedSent) {
      confirmedSent = sent;
      confirmedTerm = term;
    }
  }

  /** When the last read was sent that succeeded in this term; very long ago if none did. */
  Optional<Long> confirmedIn(long term) {
    return confirmedTerm == term ? Optional.of(confirmedSent) : Optional.empty();
  }

  /** Whether it may answer from its own state. */
  boolean mayServe(long staleness) {
    return up
        && !frozen()
        && confirmedSent != Long.MIN_VALUE
        && sim.now() - confirmedSent < staleness;
  }

  void lead(long term) {
    leadsIn = term;
  }

  void run(Actor.Body leading) {
    engine =
        sim.spawn(
            group,
            "engine-" + leadsIn,
            () -> {
              try {
                leading.run();
              } catch (InterruptedException e) {
                sim.trace(id, "has stopped its engine");
              }
            });
  }

  /** It hears that it does not lead any more. */
  void stepDown() {
    if (leadsIn != 0) {
      sim.trace(id, "steps down from term", leadsIn);
    }
    leadsIn = 0;
    if (engine != null) {
      sim.interrupt(engine);
      engine = null;
    }
  }

  void isolate(boolean now) {
    isolated = now;
    sim.trace(id, now ? "is isolated" : "is connected again");
  }

  void freeze() {
    group.freeze();
    sim.trace(id, "is stopped");
  }

  void thaw() {
    sim.trace(id, "is resumed");
    sim.thaw(group);
  }

  void die() {
    sim.trace(id, "dies");
    up = false;
    leadsIn = 0;
    engine = null;
    confirmedTerm = 0;
    confirmedSent = Long.MIN_VALUE;
    sim.kill(group);
    letPollsGo();
  }

  void comeBack() {
    sim.trace(id, "is back");
    group = new Group(id);
    watchers.clear();
    up = true;
    gateUntil = sim.now() + Gate.LIMIT.toNanos();
  }
}
