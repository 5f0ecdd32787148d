// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quiverdb.coordinator.cli.rest.RestAnswer;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code shards}. */
@Command(
    name = "shards",
    description = "Lists the shards, moves points onto or off them, or changes them by hand.",
    footer = {
      "",
      "Examples:",
      "  quiver-coordinator shards",
      "  quiver-coordinator shards grow http://n4:6333 --wait",
      "  quiver-coordinator shards drain 2 --dry-run",
      "  quiver-coordinator shards add http://n4:6333 --replica http://n4b:6333",
      "  quiver-coordinator shards remove 3 --yes",
      "  quiver-coordinator shards set-url 2 http://n2b:6333 --dry-run",
      "  quiver-coordinator shards replica add 0 http://n1b:6333"
    })
final class ShardsCommand implements Callable<Integer> {
  private static final String PATH = "/cluster/shards";

  private final Session session;

  ShardsCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws Exception {
    return list();
  }

  @Command(name = "list", description = "Prints each shard with its state and health.")
  int list() throws Exception {
    JsonNode status = session.get("/cluster/status").json();
    JsonNode map = session.get("/cluster/map?consistency=local").json();
    session.print(joined(status, map), this::lines);
    return ExitCode.OK;
  }

  @Command(name = "add", description = "Adds an empty shard that serves at once.")
  int add(
      @Parameters(paramLabel = "URL", description = "Its primary.") String url,
      @Option(names = "--replica", paramLabel = "URL", description = "A read replica; repeat it.")
          @Nullable List<String> replicas,
      @Mixin ChangeOptions change)
      throws Exception {
    return print(session.change(change, "POST", PATH, body(url, replicas)));
  }

  @Command(
      name = "joining",
      description = "Adds a shard that takes writes, but no searches until it is promoted.")
  int joining(
      @Parameters(paramLabel = "URL", description = "Its primary.") String url,
      @Option(names = "--replica", paramLabel = "URL", description = "A read replica; repeat it.")
          @Nullable List<String> replicas,
      @Mixin ChangeOptions change)
      throws Exception {
    return print(session.change(change, "POST", PATH + "/joining", body(url, replicas)));
  }

  @Command(name = "promote", description = "Lets a joining shard serve searches.")
  int promote(
      @Parameters(paramLabel = "ID", description = "Of the shard.") UnsignedNumber id,
      @Mixin ChangeOptions change)
      throws Exception {
    return print(session.change(change, "POST", PATH + "/" + id + "/promote"));
  }

  @Command(
      name = "remove",
      description =
          "Removes a shard from the map. Its points stay on it, out of reach: drain moves"
              + " them off first.")
  int remove(
      @Parameters(paramLabel = "ID", description = "Of the shard.") UnsignedNumber id,
      @Option(
              names = "--force",
              description = "Even if it has points, or does not report how many.")
          boolean force,
      @Mixin ChangeOptions change,
      @Mixin Confirmation consent)
      throws Exception {
    if (!force) {
      requireEmpty(id);
    }
    consent.require(
        session.around(),
        "Remove shard " + id + " from the map? Points that only it has will not be found.");
    return print(session.change(change, "DELETE", PATH + "/" + id));
  }

  /** Does nothing for a shard that is not in the map: the member refuses it. */
  private void requireEmpty(UnsignedNumber id) throws Exception {
    for (JsonNode shard : session.get("/cluster/status").json().path("shards")) {
      JsonNode points = shard.path("points");
      if (!shard.path("id").asText().equals(id.toString())) {
        continue;
      }
      if (!points.isIntegralNumber()) {
        throw new CommandFailure(
            "It is not known how many points shard " + id + " holds: it does not report it",
            "See why in `status`. Repeat the command with --force to remove it anyway.");
      }
      if (points.longValue() > 0) {
        throw new CommandFailure(
            String.format(
                Locale.ROOT,
                "Shard %s holds %,d points: they would be lost to searches",
                id,
                points.longValue()),
            "Move them off with `shards drain "
                + id
                + "`, or repeat the command with --force to leave them on it.");
      }
    }
  }

  private int print(RestAnswer answer) {
    session.print(answer, map -> MapView.lines(session, map));
    return ExitCode.OK;
  }

  /** The JSON of a shard for the routes that add one. */
  static JsonNode body(String url, @Nullable List<String> replicas) {
    ObjectNode body = Session.object().put("primary_url", url);
    ArrayNode urls = body.putArray("replica_urls");
    if (replicas != null) {
      replicas.forEach(urls::add);
    }
    return body;
  }

  /** The shards of the status, with their URLs from the map. */
  private static JsonNode joined(JsonNode status, JsonNode map) {
    ObjectNode result = Session.object();
    ArrayNode shards = result.putArray("shards");
    for (JsonNode shard : status.path("shards")) {
      ObjectNode both = Session.object();
      shard.fieldNames().forEachRemaining(name -> both.set(name, shard.get(name)));
      for (JsonNode mapped : map.path("shards")) {
        if (mapped.path("id").asText().equals(shard.path("id").asText())) {
          both.set("primary_url", mapped.path("primary_url"));
          both.set("replica_urls", mapped.path("replica_urls"));
        }
      }
      shards.add(both);
    }
    return result;
  }

  private List<String> lines(JsonNode result) {
    Table table = new Table("SHARD", "STATE", "HEALTHY", "POINTS", "PRIMARY", "REPLICAS");
    for (JsonNode shard : result.path("shards")) {
      table.row(
          List.of(
              MapView.plain(Session.cell(shard, "id")),
              MapView.state(Session.cell(shard, "state")),
              MapView.healthy(shard),
              MapView.plain(Session.cell(shard, "points")),
              MapView.plain(Session.cell(shard, "primary_url")),
              MapView.plain(MapView.replicas(shard))));
    }
    return session.lines(table);
  }
}
