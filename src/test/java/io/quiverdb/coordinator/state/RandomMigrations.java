// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.state;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.MigrationPart;
import io.quiverdb.coordinator.model.MigrationPlan;
import io.quiverdb.coordinator.model.MigrationProgress;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.model.WaitingOn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Commands about migrations: mostly what a leader and an operator would log next, and much else.
 */
final class RandomMigrations {
  private final Random random;
  private final Supplier<String> oddText;
  private final LongSupplier oddNumber;

  RandomMigrations(Random random, Supplier<String> oddText, LongSupplier oddNumber) {
    this.random = random;
    this.oddText = oddText;
    this.oddNumber = oddNumber;
  }

  /** A command that fits this state, or nearly. */
  Command sensible(ClusterState state, long term) {
    Optional<Migration> active = state.migrations().active();
    if (active.isEmpty()) {
      return beginning(state, term);
    }
    long stamped = random.nextInt(20) == 0 ? term - 1 : term;
    return random.nextInt(3) > 0 ? step(active.get(), stamped) : beside(active.get(), stamped);
  }

  private Command beginning(ClusterState state, long term) {
    if (!state.map().joining().isEmpty()) {
      return new Command.PromoteShard(state.map().joining().get(0));
    }
    if (!state.map().leaving().isEmpty()) {
      return start(MigrationKind.DRAIN, state.map().leaving().get(0), "", term);
    }
    return random.nextBoolean()
        ? start(MigrationKind.GROW, 0, "http://n" + random.nextInt(25) + ":6333", term)
        : start(MigrationKind.DRAIN, random.nextInt(12), "", term);
  }

  private Command start(MigrationKind kind, long shardId, String url, long term) {
    return new Command.StartMigration(
        new MigrationPlan(kind, shardId, url, List.of(), random.nextBoolean(), List.of("docs")),
        random.nextInt(2) * 5000L,
        term);
  }

  private Command step(Migration migration, long term) {
    boolean forward = random.nextInt(10) > 0;
    List<Transition> rows =
        Transition.TABLE.stream()
            .filter(row -> row.kind() == migration.plan().kind() && row.from() == migration.phase())
            .filter(row -> !forward || row.forward())
            .toList();
    Phase to = rows.get(random.nextInt(rows.size())).to();
    return switch (to) {
      case DONE -> new Command.FinishMigration(migration.id(), migration.phase(), term);
      case REVERTED -> new Command.RevertDone(migration.id(), term);
      default ->
          new Command.AdvanceMigration(migration.id(), migration.phase(), to, "r" + term, term);
    };
  }

  private Command beside(Migration migration, long term) {
    long id = random.nextInt(10) == 0 ? migration.id() - 1 : migration.id();
    return switch (random.nextInt(11)) {
      case 10 -> new Command.BeginPhase(id, migration.phase(), term);
      case 0, 1 ->
          new Command.ReportProgress(
              id,
              migration.phase(),
              report(),
              random.nextBoolean() ? Optional.of(waitingOn()) : Optional.empty(),
              term);
      case 2 -> new Command.HoldMigration(id, migration.phase(), waitingOn(), term);
      case 3 -> new Command.PauseMigration(id);
      case 4, 5 -> new Command.ResumeMigration(id);
      case 6 -> new Command.ThrottleMigration(id, random.nextInt(3) * 1000L);
      case 7 -> new Command.GateMigration(id, migration.phase(), term);
      case 8 ->
          random.nextInt(4) == 0
              ? new Command.CancelMigration(id, random.nextBoolean())
              : new Command.AdvanceMigration(id, phase(), phase(), "any", term);
      default ->
          new Command.RetryMigration(
              id,
              random.nextBoolean() ? OptionalLong.of(random.nextInt(12)) : OptionalLong.empty(),
              migration.waitingOn().map(WaitingOn::id));
    };
  }

  private MigrationProgress report() {
    long done = random.nextInt(1000);
    return new MigrationProgress(
        1000,
        done,
        done * 100,
        random.nextInt(500),
        random.nextInt(3),
        List.of(
            new MigrationPart(
                "c" + random.nextInt(3),
                random.nextInt(4),
                4,
                100,
                done,
                done,
                "p" + done,
                random.nextBoolean())));
  }

  private WaitingOn waitingOn() {
    List<String> urls = new ArrayList<>(List.of("http://s0:6333", "http://s1:6333"));
    IntStream.range(0, 14).forEach(i -> urls.add("http://n" + random.nextInt(25) + ":6333"));
    return new WaitingOn("router", "http://r" + random.nextInt(3) + ":6330", urls, 5, 1, 0);
  }

  /** A command that must never be logged. */
  Command hostile() {
    return switch (random.nextInt(13)) {
      case 12 -> new Command.BeginPhase(id(), phase(), term());
      case 0 ->
          new Command.StartMigration(
              new MigrationPlan(
                  random.nextBoolean() ? MigrationKind.GROW : MigrationKind.DRAIN,
                  number(),
                  text(),
                  List.of(text(), text()),
                  true,
                  List.of(text())),
              number(),
              term());
      case 1 -> new Command.AdvanceMigration(id(), phase(), phase(), text(), term());
      case 2 ->
          new Command.ReportProgress(id(), phase(), oddReport(), Optional.of(oddWait()), term());
      case 3 -> new Command.HoldMigration(id(), phase(), oddWait(), term());
      case 4 -> new Command.FinishMigration(id(), phase(), term());
      case 5 -> new Command.RevertDone(id(), term());
      case 6 -> new Command.PauseMigration(id());
      case 7 -> new Command.ResumeMigration(id());
      case 8 -> new Command.ThrottleMigration(id(), number());
      case 9 -> new Command.CancelMigration(id(), random.nextBoolean());
      case 10 -> new Command.GateMigration(id(), phase(), term());
      default -> new Command.RetryMigration(id(), OptionalLong.of(number()), Optional.empty());
    };
  }

  private MigrationProgress oddReport() {
    return new MigrationProgress(
        number(),
        number(),
        number(),
        number(),
        (int) number(),
        List.of(
            new MigrationPart(
                text(), number(), number(), number(), number(), number(), text(), false)));
  }

  private WaitingOn oddWait() {
    return new WaitingOn(text(), text(), number(), number(), number());
  }

  private long id() {
    return random.nextBoolean() ? random.nextInt(6) : number();
  }

  private long term() {
    return random.nextBoolean() ? 7 + random.nextInt(3) : number();
  }

  private Phase phase() {
    return Phase.values()[random.nextInt(Phase.values().length)];
  }

  private String text() {
    return oddText.get();
  }

  private long number() {
    return oddNumber.getAsLong();
  }
}
