// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.step;

import io.quiverdb.coordinator.model.MigrationPart;
import io.quiverdb.coordinator.model.MigrationProgress;
import io.quiverdb.coordinator.model.Shard;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The logged parts of a migration, by collection. Immutable. */
public final class LoggedParts {
  private final Map<String, List<MigrationPart>> byCollection = new HashMap<>();

  private LoggedParts(MigrationProgress logged) {
    for (MigrationPart part : logged.parts()) {
      byCollection.computeIfAbsent(part.collection(), name -> new ArrayList<>(1)).add(part);
    }
  }

  /** The parts as they are logged now. */
  public static LoggedParts of(MigrationContext context) {
    return new LoggedParts(context.migration().progress());
  }

  private List<MigrationPart> of(String collection) {
    return byCollection.getOrDefault(collection, List.of());
  }

  /** The logged state of a part. */
  public Optional<MigrationPart> like(MigrationPart part) {
    return of(part.collection()).stream().filter(part::sameSlice).findFirst();
  }

  /** Whether the first round of a collection is done for all these donors. */
  public boolean isCopied(String collection, List<Shard> donors) {
    Set<Long> done =
        of(collection).stream()
            .filter(MigrationPart::done)
            .map(MigrationPart::from)
            .collect(Collectors.toSet());
    // A donor without copied points has no part.
    return donors.stream().allMatch(donor -> done.contains(donor.id()));
  }

  /**
   * How many points of a collection were copied from a shard or to it; 1 if the log does not say:
   * clients made the collection meanwhile.
   */
  public long points(Shard shard, String collection) {
    List<MigrationPart> its =
        of(collection).stream()
            .filter(part -> part.from() == shard.id() || part.to() == shard.id())
            .toList();
    return its.isEmpty() ? 1 : its.stream().mapToLong(MigrationPart::pointsDone).sum();
  }
}
