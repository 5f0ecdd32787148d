// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quiverdb.coordinator.cli.rest.RestAnswer;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code autoscale}. */
@Command(
    name = "autoscale",
    description = "Prints which shards have too many points, and what the policy does about it.",
    footer = {
      "",
      "A standby is added only if the policy has mode automatic and the configuration of the leader",
      "has autoscale.mode: automatic. Shards are never taken out.",
      "",
      "Examples:",
      "  quiver-coordinator autoscale",
      "  quiver-coordinator autoscale set --mode advice --high-water 5000000",
      "  quiver-coordinator autoscale set --mode automatic --standby http://n4:6333"
    })
final class AutoscaleCommand implements Callable<Integer> {
  private static final String PATH = "/cluster/autoscale";

  private final Session session;

  AutoscaleCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws Exception {
    return show();
  }

  @Command(name = "show", description = "Prints policy and advice.")
  int show() throws Exception {
    return print(session.get(PATH));
  }

  @Command(
      name = "set",
      description = {
        "Puts a policy: that of FILE, or the present one with these options changed.",
        "Standbys that failed may be tried again, and migrations that were reverted are forgiven."
      })
  int set(
      @Parameters(
              paramLabel = "FILE",
              arity = "0..1",
              description = "A policy as PUT /cluster/autoscale takes it; - is standard input.")
          @Nullable String file,
      @Option(names = "--mode", paramLabel = "MODE", description = "off, advice or automatic.")
          @Nullable String mode,
      @Option(
              names = "--high-water",
              paramLabel = "POINTS",
              description = "One more on one shard is too many.")
          @Nullable UnsignedNumber highWater,
      @Option(
              names = "--standby",
              paramLabel = "URL",
              description = "An empty shard that may be added; repeat it. Replaces the pool.")
          @Nullable List<String> standby,
      @Option(names = "--no-standby", description = "Empties the pool.") boolean noStandby,
      @Option(
              names = "--cooldown",
              paramLabel = "SECONDS",
              description = "From the end of one addition to the next one.")
          @Nullable UnsignedNumber cooldown,
      @Option(
              names = "--max-shards",
              paramLabel = "N",
              description = "None is added to so many; 0: no limit.")
          @Nullable UnsignedNumber maxShards,
      @Option(names = "--interval", paramLabel = "SECONDS", description = "Between two looks.")
          @Nullable UnsignedNumber interval,
      @Mixin ChangeOptions change)
      throws Exception {
    boolean options =
        mode != null
            || highWater != null
            || standby != null
            || noStandby
            || cooldown != null
            || maxShards != null
            || interval != null;
    if ((file != null) == options) {
      throw CommandFailure.usage("give either FILE, or what to change");
    }
    if (standby != null && noStandby) {
      throw CommandFailure.usage("give either --standby or --no-standby");
    }
    if (file != null) {
      return print(session.change(change, "PUT", PATH, DocumentText.body(file, session.around())));
    }
    JsonNode present = session.get(PATH).json();
    ObjectNode policy =
        present.path("policy") instanceof ObjectNode known
            ? known
            : Session.object().put("mode", "advice").set("standby", Session.object().arrayNode());
    UnsignedNumber.put(policy, "high_water_points", highWater);
    UnsignedNumber.put(policy, "cooldown_seconds", cooldown);
    UnsignedNumber.put(policy, "max_shards", maxShards);
    UnsignedNumber.put(policy, "interval_seconds", interval);
    if (mode != null) {
      policy.put("mode", mode);
    }
    if (standby != null || noStandby) {
      ArrayNode pool = policy.putArray("standby");
      for (String url : standby == null ? List.<String>of() : standby) {
        pool.addObject().put("primary_url", url).putArray("replica_urls");
      }
    }
    if (!policy.has("high_water_points")) {
      throw CommandFailure.usage("there is no policy yet: give --high-water");
    }
    // Not if somebody else, or the leader, has changed the policy since.
    change.unlessNamed(Session.cell(present, "version"));
    return print(session.change(change, "PUT", PATH, policy));
  }

  private int print(RestAnswer answer) {
    session.print(answer, policy -> AutoscaleView.lines(session, policy));
    return ExitCode.OK;
  }
}
