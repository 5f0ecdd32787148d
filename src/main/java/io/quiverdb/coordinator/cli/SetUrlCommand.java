// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quiverdb.coordinator.cli.rest.RestAnswer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code shards set-url}. */
@Command(
    name = "set-url",
    description =
        "Changes the address of a shard that has moved with all its points: its"
            + " host was renamed or restored, or a replica was promoted. Moves no point.",
    footer = {
      "",
      "Its replicas stay as they are, unless some are named with --replica; a replica that becomes the"
          + " primary leaves their list.",
      "",
      "With --force the counts are not compared with those seen last, and the"
          + " old address is not checked. Searches and reads do not find points that"
          + " the new address lacks. If a process still runs at the old address,"
          + " routers that remember it continue to write there, and what it"
          + " acknowledges is lost: stop that process, or restart every router.",
      "",
      "Examples:",
      "  quiver-coordinator shards set-url 2 http://n2b:6333 --dry-run",
      "  quiver-coordinator shards set-url 2 http://n2b:6333",
      "  quiver-coordinator shards set-url 2 http://n2b:6333 --replica http://n2c:6333"
    })
final class SetUrlCommand implements Callable<Integer> {
  /** The leader asks shards and routers, and a follower forwards its answer. */
  private static final Duration PATIENCE = Duration.ofSeconds(45);

  private static final String CONSEQUENCES =
      "warning: --force: counts and the old address are not checked. Searches"
          + " and reads do not find points that the new address lacks. If a process"
          + " still runs at the old address, routers continue to write to it: stop it,"
          + " or restart every router.";

  private final Session session;

  @Parameters(index = "0", paramLabel = "ID", description = "Of the shard.")
  private UnsignedNumber id = new UnsignedNumber("0");

  @Parameters(index = "1", paramLabel = "URL", description = "The new address of its primary.")
  private String url = "";

  @Option(
      names = "--replica",
      paramLabel = "URL",
      description = "A read replica; repeat it. Without this option the shard keeps its replicas.")
  private @Nullable List<String> replicas;

  @Option(names = "--dry-run", description = "Only make the checks.")
  private boolean dryRun;

  @Option(
      names = "--force",
      description = "Do not check the counts and the old address; recorded in the history.")
  private boolean force;

  @Mixin private ChangeOptions change = new ChangeOptions();

  SetUrlCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws Exception {
    ObjectNode body = Session.object().put("primary_url", url);
    if (replicas != null) {
      ArrayNode urls = body.putArray("replica_urls");
      replicas.forEach(urls::add);
    }
    if (force) {
      session.around().err().println(CONSEQUENCES);
      session.around().err().flush();
    }
    String path = "/cluster/shards/" + id + "/url";
    String query = (dryRun ? "&dry_run=true" : "") + (force ? "&force=true" : "");
    RestAnswer answer =
        session.change(
            change,
            "PUT",
            query.isEmpty() ? path : path + "?" + query.substring(1),
            Optional.of(Session.text(body)),
            PATIENCE);
    if (!dryRun) {
      session.print(answer, map -> MapView.lines(session, map));
      return ExitCode.OK;
    }
    boolean accepted = answer.json().path("accepted").asBoolean();
    session.print(
        answer,
        found ->
            DryRunView.lines(
                session, found, accepted ? "it would be done" : DryRunView.WOULD_BE_REFUSED));
    return accepted ? ExitCode.OK : ExitCode.FAILED;
  }
}
