// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import io.quiverdb.coordinator.cli.rest.Endpoint;
import io.quiverdb.coordinator.cli.rest.RestClient;
import io.quiverdb.coordinator.config.ShownConfig;
import io.quiverdb.coordinator.tls.ClientTls;
import io.quiverdb.coordinator.tls.TlsException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The options of every operator command. */
final class GlobalOptions {
  private static final String DEFAULT_ENDPOINT = "http://127.0.0.1:6335";
  private static final String ENDPOINTS_VARIABLE = "QUIVER_COORDINATOR_URL";
  private static final String KEY_VARIABLE = "QUIVER_API_KEY";

  /** The format of results. */
  enum Format {
    TABLE,
    JSON
  }

  @Option(
      names = "--endpoint",
      paramLabel = "URL",
      split = ",",
      scope = ScopeType.INHERIT,
      description =
          "A member; repeat it or separate them by commas: they are tried in turn."
              + " Else QUIVER_COORDINATOR_URL, else http://127.0.0.1:6335.")
  private List<String> endpoints = new ArrayList<>();

  @Option(
      names = "--api-key",
      paramLabel = "SECRET",
      scope = ScopeType.INHERIT,
      description =
          "An API key. Better QUIVER_API_KEY: other users of the machine see a command's"
              + " arguments.")
  private String apiKey = "";

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      scope = ScopeType.INHERIT,
      description = "table, or json: what the member answered.")
  private Format format = Format.TABLE;

  @Option(names = "--json", scope = ScopeType.INHERIT, description = "The same as -o json.")
  private boolean json;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      scope = ScopeType.INHERIT,
      description = "The longest that one member may take, such as 500ms or 10s, the default.")
  private Duration timeout = Duration.ofSeconds(10);

  @Option(
      names = "--cacert",
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description =
          "PEM: the CAs that sign the members' certificates. Else QUIVER_COORDINATOR_CACERT, else"
              + " what the JVM trusts.")
  private @Nullable Path cacert;

  @Option(
      names = "--cert",
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description = "PEM: a certificate to show. Else QUIVER_COORDINATOR_CERT.")
  private @Nullable Path cert;

  @Option(
      names = "--key",
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description = "PEM: its key. Else QUIVER_COORDINATOR_KEY.")
  private @Nullable Path key;

  boolean json() {
    return json || format == Format.JSON;
  }

  RestClient client(CliEnvironment around) throws CommandFailure {
    return client(around, Duration.ZERO);
  }

  /**
   * @param atLeast a lower bound for the time-out of one member
   */
  RestClient client(CliEnvironment around, Duration atLeast) throws CommandFailure {
    return new RestClient(
        endpoints(around), secret(around), Collections.max(List.of(timeout, atLeast)), tls(around));
  }

  /** A client for each member alone, whichever were named. */
  Function<Endpoint, RestClient> clients(CliEnvironment around) throws CommandFailure {
    Optional<String> secret = secret(around);
    Optional<SSLContext> context = tls(around);
    return member -> new RestClient(List.of(member), secret, timeout, context);
  }

  /** The API key; empty: none was given. */
  Optional<String> secret(CliEnvironment around) throws CommandFailure {
    String secret = apiKey.isEmpty() ? around.variable(KEY_VARIABLE) : apiKey;
    if (!secret.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
      throw CommandFailure.usage(
          "the API key has characters that cannot be sent in an HTTP header");
    }
    return secret.isEmpty() ? Optional.empty() : Optional.of(secret);
  }

  /** The members to ask, in the order in which they are tried. */
  List<Endpoint> endpoints(CliEnvironment around) throws CommandFailure {
    List<String> texts = new ArrayList<>(endpoints);
    if (texts.isEmpty()) {
      String variable = around.variable(ENDPOINTS_VARIABLE);
      texts.addAll(List.of((variable.isEmpty() ? DEFAULT_ENDPOINT : variable).split(",")));
    }
    List<Endpoint> parsed = new ArrayList<>();
    for (String text : texts) {
      parsed.add(Endpoint.parse(text).orElseThrow(() -> wrongEndpoint(text)));
    }
    return parsed;
  }

  /** The trusted CAs and the client certificate; empty if no option sets them. */
  Optional<SSLContext> tls(CliEnvironment around) throws CommandFailure {
    Optional<Path> ca = file(cacert, around, "QUIVER_COORDINATOR_CACERT");
    Optional<Path> shown = file(cert, around, "QUIVER_COORDINATOR_CERT");
    Optional<Path> own = file(key, around, "QUIVER_COORDINATOR_KEY");
    if (ca.isEmpty() && shown.isEmpty() && own.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(ClientTls.context(ca, shown, own));
    } catch (TlsException e) {
      throw CommandFailure.usage("--cacert, --cert, --key: " + e.getMessage());
    }
  }

  private static Optional<Path> file(@Nullable Path given, CliEnvironment around, String variable) {
    String text = around.variable(variable);
    return given != null
        ? Optional.of(given)
        : text.isEmpty() ? Optional.empty() : Optional.of(Path.of(text));
  }

  private static CommandFailure wrongEndpoint(String text) {
    return CommandFailure.usage(
        "--endpoint (QUIVER_COORDINATOR_URL): \""
            + ShownConfig.withoutUser(text.strip())
            + "\" is no URL of a member; wanted http://host:port or https://host:port, where the host is an IP address, or a"
            + " name of letters, digits, hyphens and dots, without underscores");
  }
}
