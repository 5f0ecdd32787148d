// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.state;

import io.quiverdb.coordinator.command.ClusterBackupCommand;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.model.CheckState;
import io.quiverdb.coordinator.model.ClusterBackup;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.Shard;
import java.util.Optional;
import java.util.Random;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Commands about backups of the cluster, from a seeded stream. */
final class RandomBackups {
  private final Random random;
  private final Supplier<String> text;
  private final LongSupplier number;

  RandomBackups(Random random, Supplier<String> text, LongSupplier number) {
    this.random = random;
    this.text = text;
    this.number = number;
  }

  Command sensible(ClusterState state, long term) {
    Optional<ClusterBackup> running = state.backups().running();
    if (running.isEmpty()) {
      // Seldom: while one is under way, nothing else happens.
      return random.nextInt(4) == 0
          ? new ClusterBackupCommand.StartBackup("/b" + random.nextInt(3), 1 + random.nextInt(60))
          : new ClusterBackupCommand.StopBackup(state.backups().nextId() - 1);
    }
    long id = running.get().id();
    Optional<Shard> next = running.get().next();
    if (next.isPresent() && random.nextInt(4) > 1) {
      return new ClusterBackupCommand.RecordSnapshot(
          id, next.get().id(), 1, random.nextInt(100), random.nextInt(100_000), term);
    }
    return random.nextInt(8) == 0
        ? new ClusterBackupCommand.StopBackup(id)
        : new ClusterBackupCommand.FinishBackup(id, end(), "any", term);
  }

  private CheckState end() {
    return CheckState.values()[random.nextInt(CheckState.values().length)];
  }

  Command hostile() {
    return switch (random.nextInt(4)) {
      case 0 -> new ClusterBackupCommand.StartBackup(text.get(), number.getAsLong());
      case 1 -> new ClusterBackupCommand.StopBackup(number.getAsLong());
      case 2 ->
          new ClusterBackupCommand.FinishBackup(
              number.getAsLong(), end(), text.get(), number.getAsLong());
      default ->
          new ClusterBackupCommand.RecordSnapshot(
              1 + random.nextInt(5),
              number.getAsLong(),
              number.getAsLong(),
              number.getAsLong(),
              number.getAsLong(),
              7);
    };
  }
}
