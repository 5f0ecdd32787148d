// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.process;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quiverdb.coordinator.dev.cluster.FreePorts;
import io.quiverdb.coordinator.tls.ClientTls;
import io.quiverdb.coordinator.tls.TestAuthority;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Member processes with files like those of operators, each at its own address. */
final class TlsMembers implements AutoCloseable {
  static final Duration PATIENCE = Ensemble.PATIENCE;
  static final int FOUNDERS = 3;
  private static final int MOST = 4;
  private static final ObjectMapper MAPPER = new ObjectMapper();

  final TestAuthority authority = new TestAuthority("ca");
  private final Path folder;
  private final List<Integer> ports = FreePorts.take(3 * MOST);
  private final Map<Integer, Process> members = new TreeMap<>();
  private final List<Process> others = new ArrayList<>();
  private final HttpClient client;

  /** Which ports of a member use TLS. Each constant adds to the one before it. */
  enum Transport {
    /** None: HTTP and Raft are plain. */
    PLAIN,
    /** It has a second HTTP port, with TLS. */
    BOTH,
    /** The list of members names that port. */
    HTTPS,
    /** The plain HTTP port answers routers only. */
    NARROW,
    /** Raft uses TLS too. */
    ALL
  }

  TlsMembers(Path folder) throws Exception {
    this.folder = folder;
    for (int i = 1; i <= MOST; i++) {
      authority.issue(folder.resolve("c" + i), host(i));
    }
    this.client =
        HttpClient.newBuilder()
            .sslContext(
                ClientTls.context(Optional.of(authorityFile()), Optional.empty(), Optional.empty()))
            .connectTimeout(Duration.ofSeconds(2))
            .build();
  }

  static String host(int member) {
    return "127.0.0." + member;
  }

  String raft(int member) {
    return host(member) + ":" + ports.get(3 * member - 3);
  }

  String plain(int member) {
    return "http://" + host(member) + ":" + ports.get(3 * member - 2);
  }

  String tls(int member) {
    return "https://" + host(member) + ":" + ports.get(3 * member - 1);
  }

  /** The URL at which members and operators reach it. */
  String url(int member, Transport transport) {
    return transport.compareTo(Transport.HTTPS) < 0 ? plain(member) : tls(member);
  }

  Path authorityFile() {
    return folder.resolve("c1/ca.pem");
  }

  Process process(int member) {
    return members.get(member);
  }

  /** Starts all founders and waits until they are ready. */
  void foundAll(Transport transport) throws IOException {
    for (int i = 1; i <= FOUNDERS; i++) {
      found(i, transport);
    }
    for (int i = 1; i <= FOUNDERS; i++) {
      awaitReady(url(i, transport));
    }
  }

  /** Starts a founder. */
  void found(int member, Transport transport) throws IOException {
    start(
        member,
        transport,
        "node: { id: c%d, data_dir: %s }%nensemble:%n  members:%n%s"
            .formatted(
                member,
                folder.resolve("data-c" + member),
                IntStream.rangeClosed(1, FOUNDERS)
                    .mapToObj(
                        i ->
                            "    - { id: c%d, raft: \"%s\", http: \"%s\" }%n"
                                .formatted(i, raft(i), url(i, transport)))
                    .collect(Collectors.joining())));
  }

  /** Starts one that waits to be added. */
  void join(int member, Transport transport) throws IOException {
    start(
        member,
        transport,
        "node: { id: c%d, data_dir: %s, raft: \"%s\", http: \"%s\" }%nensemble: { join: %s }%n"
            .formatted(
                member,
                folder.resolve("data-c" + member),
                raft(member),
                url(member, transport),
                IntStream.rangeClosed(1, FOUNDERS)
                    .mapToObj(i -> '"' + url(i, transport) + '"')
                    .toList()));
  }

  private void start(int member, Transport transport, String ensemble) throws IOException {
    boolean secured = transport != Transport.PLAIN;
    String http =
        "listen: \"%s\"%s%s"
            .formatted(
                plain(member).substring("http://".length()),
                secured
                    ? ", tls_listen: \"" + tls(member).substring("https://".length()) + '"'
                    : "",
                transport.compareTo(Transport.NARROW) < 0 ? "" : ", plain: routers");
    String files =
        secured
            ? "tls: { cert_file: c%1$d/cert.pem, key_file: c%1$d/key.pem, ca_file: c%1$d/ca.pem }%n"
                .formatted(member)
            : "";
    Path config =
        Files.writeString(
            folder.resolve("c" + member + ".yaml"),
            ensemble
                + "http: { "
                + http
                + " }\nraft: { listen: \""
                + raft(member)
                + '"'
                + (transport == Transport.ALL ? ", tls: required" : "")
                + " }\n"
                + files
                + """
                auth: { api_keys: [ { id: ops, role: admin, secret: secret-of-ops } ] }
                bootstrap: { shards: [ "http://127.0.0.1:1" ] }
                migration: { adoption: assumed }
                """);
    members.put(member, launch("c" + member, "serve", "--config", config.toString()));
  }

  /** Ends it as a service manager does. */
  void stop(int member) throws Exception {
    Process process = members.get(member);
    process.destroy();
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("c" + member + " does not end:\n" + output("c" + member));
    }
  }

  /** A process that ends with this fixture, at the latest. */
  Process launch(String name, String... arguments) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(BuiltJar.command(BuiltJar.UNOPTIMIZED, arguments));
    builder.environment().keySet().removeIf(variable -> variable.startsWith("QUIVER_"));
    builder.environment().put("QUIVER_API_KEY", "secret-of-ops");
    Process process =
        builder
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(folder.resolve(name + ".out").toFile()))
            .start();
    others.add(process);
    return process;
  }

  /** Types a command against these members and waits for its end; it must succeed. */
  void type(List<Integer> asked, String... words) throws Exception {
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(
        List.of(
            "--endpoint",
            asked.stream().map(this::tls).collect(Collectors.joining(",")),
            "--cacert",
            authorityFile().toString()));
    Process typed = launch(words[0], all.toArray(String[]::new));
    if (!typed.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS) || typed.exitValue() != 0) {
      throw new AssertionError(all + ":\n" + output(words[0]));
    }
  }

  String output(String name) throws IOException {
    return Files.readString(folder.resolve(name + ".out"));
  }

  int status(String method, String url) throws Exception {
    return send(method, url).statusCode();
  }

  HttpResponse<String> send(String method, String url) throws Exception {
    return send(method, url, "");
  }

  HttpResponse<String> send(String method, String url, String json) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url))
            .header("Authorization", "Bearer secret-of-ops")
            .timeout(Duration.ofSeconds(10));
    if (json.isEmpty()) {
      request.method(method, HttpRequest.BodyPublishers.noBody());
    } else {
      request
          .header("Content-Type", "application/json")
          .method(method, HttpRequest.BodyPublishers.ofString(json));
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  HttpResponse<String> awaitAnswer(
      String method, String url, Predicate<HttpResponse<String>> wanted) {
    return await(url)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(100))
        .ignoreExceptionsInstanceOf(IOException.class)
        .until(() -> send(method, url), wanted::test);
  }

  void awaitReady(String url) {
    awaitAnswer("GET", url + "/readyz", answer -> answer.statusCode() == 200);
  }

  /** Waits until the log holds the list of members: from then on it takes commands of format 2. */
  void awaitFormat2(String url) {
    awaitAnswer(
        "GET", url + "/cluster/history", answer -> answer.body().contains("record_members"));
  }

  /** The number of the member that leads, as the member at this URL sees it. */
  int leader(String url) throws IOException {
    JsonNode status =
        MAPPER.readTree(
            awaitAnswer(
                    "GET",
                    url + "/cluster/status",
                    answer -> answer.body().contains("\"leader\":\"c"))
                .body());
    return Integer.parseInt(status.path("leader").asText().substring(1));
  }

  @Override
  public void close() {
    others.forEach(process -> process.destroyForcibly().onExit().join());
  }
}
