// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code shards drain}. */
@Command(
    name = "drain",
    description = "Moves all points of a shard onto the others and removes it from the map.",
    footer = {
      "",
      "Without --wait it returns as soon as the shard is marked as leaving; the migration"
          + " continues.",
      "Exit code with --wait: 0 done, 3 reverted, 4 failed or on hold (--hold-limit).",
      "",
      "Examples:",
      "  quiver-coordinator shards drain 2 --dry-run",
      "  quiver-coordinator shards drain 2 --yes --wait"
    })
final class DrainCommand implements Callable<Integer> {
  private final Session session;

  @Parameters(paramLabel = "ID", description = "Of the shard.")
  private UnsignedNumber id = new UnsignedNumber("0");

  @Mixin private MigrationStartOptions migration = new MigrationStartOptions();

  @Mixin private Confirmation consent = new Confirmation();

  DrainCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws Exception {
    if (!migration.dryRun()) {
      consent.require(
          session.around(), "Move all points off shard " + id + " and remove it from the map?");
    }
    return migration.start(
        session,
        "/cluster/shards/" + id + "/drain",
        Optional.empty(),
        started ->
            Session.cell(started, "kind").equals("drain")
                && Session.cell(started, "shard_id").equals(id.text()));
  }
}
