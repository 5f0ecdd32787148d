// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.state;

import io.quiverdb.coordinator.command.CheckCommand;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.model.CheckKind;
import io.quiverdb.coordinator.model.CheckReport;
import io.quiverdb.coordinator.model.CheckState;
import io.quiverdb.coordinator.model.CheckedShard;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.DataCheck;
import io.quiverdb.coordinator.model.StrayCounts;
import io.quiverdb.coordinator.model.Sweep;
import io.quiverdb.coordinator.model.SweptShard;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Commands about checks of the data, from a seeded stream. */
final class RandomChecks {
  private final Random random;
  private final Supplier<String> text;
  private final LongSupplier number;

  RandomChecks(Random random, Supplier<String> text, LongSupplier number) {
    this.random = random;
    this.text = text;
    this.number = number;
  }

  Command sensible(ClusterState state, long term) {
    Optional<DataCheck> sweeping = state.checks().sweeping();
    if (sweeping.isPresent() && random.nextInt(8) > 0) {
      return sweep(sweeping.get(), term);
    }
    Optional<DataCheck> running = state.checks().running();
    Optional<DataCheck> done =
        state.checks().all().stream()
            .filter(check -> check.state() == CheckState.DONE && check.sweep().isEmpty())
            .findFirst();
    if (running.isEmpty() && done.isPresent() && random.nextInt(3) == 0) {
      return new CheckCommand.StartSweep(
          done.get().id(), random.nextInt(10_000), 0, random.nextBoolean());
    }
    if (running.isEmpty()) {
      return new CheckCommand.StartCheck(CheckKind.VERIFY, random.nextInt(2) * 5000L);
    }
    long id = running.get().id() - random.nextInt(10) / 9;
    return switch (random.nextInt(9)) {
      case 3 -> new CheckCommand.BeginCheck(id, term);
      case 0 -> new CheckCommand.StopCheck(id, false);
      case 1 -> new CheckCommand.FinishCheck(id, end(), "any", term);
      case 2 -> new CheckCommand.StartCheck(CheckKind.VERIFY, 0);
      default ->
          new CheckCommand.RecordCheck(
              id,
              running.get().upTo(),
              "c" + random.nextInt(1000),
              new CheckReport(
                  rows(), CheckReport.EMPTY.others(), List.of("m" + random.nextInt(40))),
              term);
    };
  }

  private Command sweep(DataCheck check, long term) {
    Sweep sweep = check.sweep().orElseThrow();
    return switch (random.nextInt(10)) {
      case 0 -> new CheckCommand.StopCheck(check.id(), random.nextInt(3) == 0);
      case 1 -> new CheckCommand.FinishSweep(check.id(), end(), "any", term);
      case 2 -> new CheckCommand.BeginSweep(check.id(), term);
      case 3 -> new CheckCommand.StartSweep(check.id(), 0, 0, true);
      default ->
          new CheckCommand.RecordSweep(
              check.id(),
              sweep.entries() + random.nextInt(10) / 9,
              random.nextBoolean() ? sweep.upTo() : Optional.of("c" + random.nextInt(1000)),
              IntStream.range(0, random.nextInt(40))
                  .mapToObj(
                      i ->
                          new SweptShard(
                              "c" + random.nextInt(1000),
                              random.nextInt(5),
                              new StrayCounts(i, 1, 0)))
                  .toList(),
              random.nextBoolean() ? Optional.empty() : Optional.of("router: " + text.get()),
              term);
    };
  }

  /** In some states, more of them than are kept. */
  private List<CheckedShard> rows() {
    return IntStream.range(0, random.nextInt(90))
        .mapToObj(
            i ->
                new CheckedShard(
                    "c" + random.nextInt(1000),
                    random.nextInt(5),
                    100 + i,
                    100,
                    random.nextBoolean() ? new StrayCounts(i, 0, 0) : StrayCounts.NONE,
                    List.of("p" + i)))
        .toList();
  }

  private CheckState end() {
    return CheckState.values()[random.nextInt(CheckState.values().length)];
  }

  Command hostile() {
    return switch (random.nextInt(9)) {
      case 3 -> new CheckCommand.BeginCheck(1 + random.nextInt(5), number.getAsLong());
      case 4 -> new CheckCommand.StartSweep(1, number.getAsLong(), number.getAsLong(), true);
      case 5 -> new CheckCommand.BeginSweep(number.getAsLong(), number.getAsLong());
      case 6 -> new CheckCommand.FinishSweep(1, end(), text.get(), number.getAsLong());
      case 7 ->
          new CheckCommand.RecordSweep(
              1 + random.nextInt(5),
              number.getAsLong(),
              Optional.of(text.get()),
              List.of(
                  new SweptShard(
                      text.get(), number.getAsLong(), new StrayCounts(number.getAsLong(), 1, 1))),
              Optional.of(text.get()),
              7);
      case 0 -> new CheckCommand.StartCheck(CheckKind.VERIFY, number.getAsLong());
      case 1 -> new CheckCommand.StopCheck(number.getAsLong(), false);
      case 2 -> new CheckCommand.FinishCheck(1, end(), text.get(), number.getAsLong());
      default ->
          new CheckCommand.RecordCheck(
              1 + random.nextInt(5),
              random.nextBoolean() ? Optional.empty() : Optional.of(text.get()),
              text.get(),
              new CheckReport(
                  List.of(
                      new CheckedShard(
                          text.get(),
                          number.getAsLong(),
                          number.getAsLong(),
                          number.getAsLong(),
                          new StrayCounts(number.getAsLong(), number.getAsLong(), 1),
                          List.of(text.get(), text.get()))),
                  CheckReport.EMPTY.others(),
                  List.of(text.get())),
              7);
    };
  }
}
