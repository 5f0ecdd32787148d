// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import io.quiverdb.coordinator.cli.rest.Endpoint;
import io.quiverdb.coordinator.config.HostPort;
import io.quiverdb.coordinator.relay.Relay;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code relay}. */
@Command(
    name = "relay",
    description = "A plain local port for a router, in front of members that are called over TLS.",
    footer = {
      "",
      "It forwards every request to the first member that answers, until SIGTERM.",
      "",
      "Example:",
      "  quiver-coordinator relay --listen 127.0.0.1:6335 --cacert ca.pem \\",
      "    --endpoint https://c1:6337,https://c2:6337,https://c3:6337"
    })
final class RelayCommand implements Callable<Integer> {
  private final GlobalOptions options;
  private final CliEnvironment around;

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      description = "Where it listens; 127.0.0.1:6335 if not given.")
  private String listen = "127.0.0.1:6335";

  RelayCommand(GlobalOptions options, CliEnvironment around) {
    this.options = options;
    this.around = around;
  }

  @Override
  public Integer call() throws Exception {
    HostPort where =
        HostPort.parse(listen)
            .orElseThrow(
                () ->
                    CommandFailure.usage(
                        "--listen: \"" + listen + "\" is no address; wanted host:port"));
    List<URI> members =
        options.endpoints(around).stream().map(Endpoint::base).map(URI::create).toList();
    try (Relay relay =
        new Relay(
            new InetSocketAddress(where.host(), where.port()), members, options.tls(around))) {
      around.err().println("relay: " + listen + " to " + members);
      new CountDownLatch(1).await(); // SIGTERM ends the process
      return relay.port();
    } catch (IOException e) {
      throw new CommandFailure(
          "cannot listen on " + listen + ": " + e.getMessage(),
          "Is another process using the port?");
    }
  }
}
