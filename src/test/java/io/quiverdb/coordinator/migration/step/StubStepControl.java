// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.step;

import io.quiverdb.coordinator.migration.port.FakeTime;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.MigrationPart;
import io.quiverdb.coordinator.model.ShardMap;
import io.quiverdb.coordinator.model.WaitingOn;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** A log that records the reports of a step at once. */
public final class StubStepControl implements StepControl {
  private final FakeTime time;
  public final List<MigrationPart> moved = new ArrayList<>();
  public final List<String> holds = new ArrayList<>();
  public final List<String> waits = new ArrayList<>();
  public final List<String> left = new ArrayList<>();
  public final List<Integer> rounds = new ArrayList<>();
  public Migration migration;
  public ShardMap map;
  public Consumer<String> onHold = what -> {};
  public Runnable onCheck = () -> {};
  public long bytes;
  public int throttled;
  public final Set<String> approved = new HashSet<>();
  public long absent;
  public long absentJudged;
  public boolean waitsNow;

  public StubStepControl(FakeTime time, Migration migration, ShardMap map) {
    this.time = time;
    this.migration = migration;
    this.map = map;
  }

  @Override
  public void check() {
    onCheck.run();
  }

  @Override
  public void suspend(String reason) {
    onCheck =
        () -> {
          throw new StepSuspended(reason);
        };
  }

  @Override
  public void resume() {
    onCheck = () -> {};
  }

  @Override
  public Migration migration() {
    return migration;
  }

  @Override
  public ClusterState state() {
    return ClusterState.INITIAL.withMap(map);
  }

  @Override
  public ShardMap map() {
    return map;
  }

  @Override
  public List<String> routers() {
    return List.of();
  }

  @Override
  public void moved(MigrationPart part, long more) {
    moved.add(part);
    bytes += more;
  }

  @Override
  public void round(int number) {
    rounds.add(number);
  }

  @Override
  public void reportWaiting(String what, String detail, List<String> urls) {
    waitsNow = true;
    waits.add(what + ": " + detail);
  }

  @Override
  public void goingOn() {
    waitsNow = false;
  }

  @Override
  public void finishWithWarning(String what) {
    left.add(what);
  }

  @Override
  public Set<String> approved() {
    return approved;
  }

  @Override
  public void absent(long met, long judged) {
    absent = met;
    absentJudged = judged;
  }

  @Override
  public void hold(String what, String detail, List<String> urls) {
    migration = migration.withWaitingOn(Optional.of(new WaitingOn(what, detail, urls, 0, 1, 0)));
    waitsNow = true;
    holds.add(what + ": " + detail);
    if (holds.size() > 100) {
      throw new StepStopped("nobody helps: " + holds.get(holds.size() - 1));
    }
    onHold.accept(what);
    time.sleep(Duration.ofSeconds(5));
  }

  @Override
  public void gate() {}

  @Override
  public void throttle(int points) {
    throttled += points;
  }
}
