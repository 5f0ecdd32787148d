// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import io.quiverdb.coordinator.cli.rest.RestAnswer;
import io.quiverdb.coordinator.cli.rest.RestRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code shards replica}. */
@Command(name = "replica", description = "Adds or removes a read replica of a shard.")
final class ReplicaCommand {
  private final Session session;

  ReplicaCommand(Session session) {
    this.session = session;
  }

  @Command(name = "add", description = "Adds a read replica to the map.")
  int add(
      @Parameters(paramLabel = "ID", description = "Of the shard.") UnsignedNumber id,
      @Parameters(paramLabel = "URL", description = "Of the replica.") String url,
      @Mixin ChangeOptions change)
      throws Exception {
    return print(session.change(change, "POST", path(id), Session.object().put("url", url)));
  }

  @Command(name = "remove", description = "Removes a read replica from the map; it is not stopped.")
  int remove(
      @Parameters(paramLabel = "ID", description = "Of the shard.") UnsignedNumber id,
      @Parameters(paramLabel = "URL", description = "Of the replica.") String url,
      @Mixin ChangeOptions change,
      @Mixin Confirmation consent)
      throws Exception {
    consent.require(session.around(), "Remove the replica " + url + " of shard " + id + "?");
    String query = "?url=" + RestRequest.encoded(url);
    return print(session.change(change, "DELETE", path(id) + query));
  }

  private int print(RestAnswer answer) {
    session.print(answer, map -> MapView.lines(session, map));
    return ExitCode.OK;
  }

  private static String path(UnsignedNumber id) {
    return "/cluster/shards/" + id + "/replicas";
  }
}
