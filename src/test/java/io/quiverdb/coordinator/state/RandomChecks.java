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
    Optional<DataCheck> running = state.checks().running();
    if (running.isEmpty()) {
      return new CheckCommand.StartCheck(CheckKind.VERIFY, random.nextInt(2) * 5000L);
    }
    long id = running.get().id() - random.nextInt(10) / 9;
    return switch (random.nextInt(9)) {
      case 3 -> new CheckCommand.BeginCheck(id, term);
      case 0 -> new CheckCommand.StopCheck(id);
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
    return switch (random.nextInt(5)) {
      case 3 -> new CheckCommand.BeginCheck(1 + random.nextInt(5), number.getAsLong());
      case 0 -> new CheckCommand.StartCheck(CheckKind.VERIFY, number.getAsLong());
      case 1 -> new CheckCommand.StopCheck(number.getAsLong());
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
