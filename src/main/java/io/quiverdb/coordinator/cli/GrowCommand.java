// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code shards grow}. */
@Command(
    name = "grow",
    description = "Adds an empty shard and moves its share of the points onto it.",
    footer = {
      "",
      "Without --wait it returns as soon as the new shard is in the map; the migration continues.",
      "Exit code with --wait: 0 done, 3 reverted, 4 failed or on hold (--hold-limit).",
      "",
      "Examples:",
      "  quiver-coordinator shards grow http://n4:6333 --dry-run",
      "  quiver-coordinator shards grow http://n4:6333 --replica http://n4b:6333 --wait"
    })
final class GrowCommand implements Callable<Integer> {
  private final Session session;

  @Parameters(paramLabel = "URL", description = "The primary of the new shard.")
  private String url = "";

  @Option(names = "--replica", paramLabel = "URL", description = "A read replica; repeat it.")
  private @Nullable List<String> replicas;

  @Mixin private MigrationStartOptions migration = new MigrationStartOptions();

  GrowCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws Exception {
    return migration.start(
        session,
        "/cluster/shards/grow",
        Optional.of(ShardsCommand.body(url, replicas)),
        started ->
            Session.cell(started, "kind").equals("grow")
                && Session.cell(started, "target_url").equals(url.strip()));
  }
}
