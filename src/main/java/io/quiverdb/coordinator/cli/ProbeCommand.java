// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code probe}: the health check of a container, which has no curl. It needs no key. */
@Command(
    name = "probe",
    description = "Checks whether the member on this machine runs: a container's health check.",
    footer = {"", "Examples:", "  quiver-coordinator probe", "  quiver-coordinator probe --ready"})
final class ProbeCommand implements Callable<Integer> {
  private static final int PATIENCE_MILLIS = 3_000;

  private final CliEnvironment around;

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "Of the member, if not http://127.0.0.1:6335.")
  private URI url = URI.create("http://127.0.0.1:6335");

  @Option(names = "--ready", description = "Ask whether it may serve the map.")
  private boolean ready;

  ProbeCommand(CliEnvironment around) {
    this.around = around;
  }

  @Override
  public Integer call() throws CommandFailure {
    URI probe = URI.create(url + (ready ? "/readyz" : "/livez"));
    try {
      HttpURLConnection connection = (HttpURLConnection) probe.toURL().openConnection();
      connection.setConnectTimeout(PATIENCE_MILLIS);
      connection.setReadTimeout(PATIENCE_MILLIS);
      int status = connection.getResponseCode();
      if (status != HttpURLConnection.HTTP_OK) {
        throw new CommandFailure(probe + " answers " + status, "");
      }
      around.out().println("ok");
      return ExitCode.OK;
    } catch (IOException e) {
      throw new CommandFailure(probe + " does not answer: " + e.getMessage(), "");
    }
  }
}
