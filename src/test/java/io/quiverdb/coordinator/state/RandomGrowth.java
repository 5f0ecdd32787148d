// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.state;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.command.GrowthCommand;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.GrowthMode;
import io.quiverdb.coordinator.model.GrowthPolicy;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.MigrationPlan;
import io.quiverdb.coordinator.model.Standby;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Commands about the growth policy, from a seeded stream. */
final class RandomGrowth {
  private final Random random;
  private final Supplier<String> text;
  private final LongSupplier number;

  RandomGrowth(Random random, Supplier<String> text, LongSupplier number) {
    this.random = random;
    this.text = text;
    this.number = number;
  }

  Command sensible(ClusterState state, long term) {
    Optional<Standby> next = state.growth().next();
    if (next.isPresent() && random.nextInt(3) > 0) {
      return begin(next.get(), state, term);
    }
    return new GrowthCommand.PutGrowthPolicy(
        new GrowthPolicy(
            random.nextInt(4) == 0 ? GrowthMode.ADVICE : GrowthMode.AUTOMATIC,
            1_000,
            IntStream.range(0, random.nextInt(4))
                .mapToObj(i -> Standby.of("http://g" + random.nextInt(25) + ":6333", List.of()))
                .toList(),
            random.nextInt(3) * 1_000L,
            random.nextInt(2) * 12,
            30_000),
        random.nextInt(4) == 0 ? OptionalLong.of(state.growth().version()) : OptionalLong.empty());
  }

  private Command begin(Standby standby, ClusterState state, long term) {
    return new GrowthCommand.BeginGrowth(
        state.growth().version(),
        state.map().version(),
        new MigrationPlan(
            MigrationKind.GROW, 0, standby.url(), standby.replicaUrls(), false, List.of()),
        random.nextInt(8) - 1L,
        1,
        1_200,
        term);
  }

  Command hostile() {
    return random.nextBoolean()
        ? new GrowthCommand.PutGrowthPolicy(
            new GrowthPolicy(
                GrowthMode.values()[random.nextInt(3)],
                number.getAsLong(),
                List.of(new Standby(text.get(), List.of(text.get()), Optional.of(text.get()))),
                number.getAsLong(),
                (int) number.getAsLong(),
                number.getAsLong()),
            OptionalLong.of(number.getAsLong()))
        : new GrowthCommand.BeginGrowth(
            random.nextInt(5),
            random.nextInt(5),
            new MigrationPlan(
                MigrationKind.DRAIN, number.getAsLong(), text.get(), List.of(), true, List.of()),
            number.getAsLong(),
            number.getAsLong(),
            number.getAsLong(),
            7);
  }
}
