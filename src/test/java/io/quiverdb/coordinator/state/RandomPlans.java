// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.state;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.command.PlanCommand;
import io.quiverdb.coordinator.model.ClusterPlan;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.MigrationPlan;
import io.quiverdb.coordinator.model.PlanStep;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Commands about plans, from a seeded stream. */
final class RandomPlans {
  private final Random random;
  private final Supplier<String> text;
  private final LongSupplier number;

  RandomPlans(Random random, Supplier<String> text, LongSupplier number) {
    this.random = random;
    this.text = text;
    this.number = number;
  }

  Command sensible(ClusterState state, long term) {
    Optional<ClusterPlan> active = state.plans().active();
    OptionalInt next = active.map(ClusterPlan::next).orElse(OptionalInt.empty());
    if (next.isPresent() && random.nextInt(3) > 0) {
      return begin(active.get(), next.getAsInt(), state, term);
    }
    long id = state.plans().nextId() - 1 - random.nextInt(8) / 7;
    return switch (random.nextInt(7)) {
      case 0 -> new PlanCommand.PausePlan(id);
      case 1 -> new PlanCommand.ResumePlan(id);
      case 2 -> new PlanCommand.CancelPlan(id);
      case 3 -> new PlanCommand.ForgetPlan(id);
      case 4 -> new PlanCommand.StopPlan(id, next.orElse(0), "any", term);
      default ->
          new PlanCommand.CreatePlan(
              IntStream.range(0, 1 + random.nextInt(3)).mapToObj(i -> step()).toList(),
              random.nextInt(2) * 500L);
    };
  }

  private Command begin(ClusterPlan plan, int place, ClusterState state, long term) {
    PlanStep step = plan.steps().get(place);
    return new PlanCommand.BeginPlanStep(
        plan.id(),
        place,
        state.map().version(),
        new MigrationPlan(
            step.kind(), step.shardId(), step.url(), step.replicaUrls(), false, List.of()),
        term);
  }

  private PlanStep step() {
    return random.nextBoolean()
        ? PlanStep.grow("http://n" + random.nextInt(25) + ":6333", List.of())
        : PlanStep.drain(random.nextInt(12));
  }

  Command hostile() {
    return switch (random.nextInt(4)) {
      case 0 ->
          new PlanCommand.CreatePlan(
              List.of(
                  new PlanStep(
                      random.nextBoolean() ? MigrationKind.GROW : MigrationKind.DRAIN,
                      text.get(),
                      List.of(text.get()),
                      number.getAsLong(),
                      PlanStep.State.values()[random.nextInt(4)],
                      OptionalLong.of(number.getAsLong()))),
              number.getAsLong());
      case 1 ->
          new PlanCommand.BeginPlanStep(
              1 + random.nextInt(5),
              (int) number.getAsLong(),
              number.getAsLong(),
              new MigrationPlan(
                  MigrationKind.GROW, number.getAsLong(), text.get(), List.of(), true, List.of()),
              7);
      case 2 ->
          new PlanCommand.StopPlan(
              number.getAsLong(), (int) number.getAsLong(), text.get(), number.getAsLong());
      default -> new PlanCommand.ForgetPlan(number.getAsLong());
    };
  }
}
