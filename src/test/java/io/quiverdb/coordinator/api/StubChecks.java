package io.quiverdb.coordinator.api;

import io.quiverdb.coordinator.api.request.MigrationChecks;
import io.quiverdb.coordinator.model.MigrationKind;
import io.quiverdb.coordinator.model.MovePlan;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/** Finds everything well, until it is told otherwise. */
final class StubChecks implements MigrationChecks {
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private volatile UnaryOperator<CompletableFuture<Checked>> answer = UnaryOperator.identity();

  List<String> asked() {
    return asked;
  }

  /** What to answer instead of that all is well. */
  void answering(UnaryOperator<CompletableFuture<Checked>> other) {
    answer = other;
  }

  void failing(Check check) {
    answer =
        well ->
            well.thenApply(
                checked ->
                    new Checked(
                        List.of(checked.checks().get(0), check),
                        List.of(),
                        OptionalLong.empty(),
                        Optional.empty()));
  }

  @Override
  public CompletableFuture<Checked> grow(String url, List<String> replicaUrls, boolean dryRun) {
    asked.add("grow " + url + replicaUrls + (dryRun ? " dry" : ""));
    return answer(
        new MovePlan(MigrationKind.GROW, 0, url, replicaUrls, true, List.of("old")), dryRun);
  }

  @Override
  public CompletableFuture<Checked> drain(long shardId, boolean dryRun) {
    asked.add("drain " + Long.toUnsignedString(shardId) + (dryRun ? " dry" : ""));
    return answer(
        new MovePlan(MigrationKind.DRAIN, shardId, "", List.of(), false, List.of()), dryRun);
  }

  private CompletableFuture<Checked> answer(MovePlan plan, boolean dryRun) {
    return answer.apply(
        CompletableFuture.completedFuture(
            new Checked(
                List.of(
                    new Check("routers", Optional.of(true), "all confirm map version 0"),
                    new Check("alias", dryRun ? Optional.empty() : Optional.of(true), "")),
                List.of(new MoveEstimate("docs", 0, -1L, 7_446, 2_000_000, true)),
                OptionalLong.of(12),
                dryRun ? Optional.empty() : Optional.of(plan))));
  }
}
