package io.quiverdb.coordinator.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Hosts on one machine: a network namespace each, joined by a bridge in one more. Everything is
 * made and taken away by this class, and nothing outside is touched.
 */
final class Namespaces implements AutoCloseable {
  private final String prefix = "qc" + ProcessHandle.current().pid() % 100_000;
  private final String hub = prefix + "hub";
  private final int hosts;

  private Namespaces(int hosts) {
    this.hosts = hosts;
  }

  /** Hosts 1 to {@code hosts}; fails if this machine does not let us make namespaces. */
  static Namespaces create(int hosts) throws IOException {
    Namespaces namespaces = new Namespaces(hosts);
    try {
      namespaces.build();
      return namespaces;
    } catch (IOException e) {
      namespaces.close();
      throw e;
    }
  }

  private void build() throws IOException {
    run("ip", "netns", "add", hub);
    run("ip", "-n", hub, "link", "add", "name", "br0", "type", "bridge");
    run("ip", "-n", hub, "link", "set", "br0", "up");
    for (int host = 1; host <= hosts; host++) {
      run("ip", "netns", "add", name(host));
      run("ip", "-n", name(host), "link", "add", "eth", "type", "veth", "peer", "name", port(host));
      run("ip", "-n", name(host), "link", "set", port(host), "netns", hub);
      run("ip", "-n", hub, "link", "set", port(host), "master", "br0");
      run("ip", "-n", hub, "link", "set", port(host), "up");
      run("ip", "-n", name(host), "addr", "add", address(host) + "/24", "dev", "eth");
      run("ip", "-n", name(host), "link", "set", "eth", "up");
      run("ip", "-n", name(host), "link", "set", "lo", "up");
    }
  }

  String address(int host) {
    return "10.199.77." + host;
  }

  /** A command that runs on a host. */
  List<String> on(int host, List<String> command) {
    List<String> whole = new ArrayList<>(List.of("ip", "netns", "exec", name(host)));
    whole.addAll(command);
    return whole;
  }

  /** Pulls a host's plug. */
  void isolate(int host) throws IOException {
    run("ip", "-n", hub, "link", "set", port(host), "down");
  }

  /** Puts it back. */
  void heal(int host) throws IOException {
    run("ip", "-n", hub, "link", "set", port(host), "up");
  }

  /** An HTTP request sent on a host to its own loopback address. */
  Rest.Answer http(int host, int port, String method, String path, String body) throws IOException {
    String request =
        method
            + " "
            + path
            + " HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n"
            + "Content-Type: application/json\\r\\nContent-Length: "
            + body.length()
            + "\\r\\n\\r\\n"
            + body.replace("%", "%%");
    String script =
        "exec 3<>/dev/tcp/127.0.0.1/" + port + " && printf '" + request + "' >&3 && cat <&3";
    String answer;
    try {
      answer = run(on(host, List.of("timeout", "6", "bash", "-c", script)).toArray(String[]::new));
    } catch (IOException e) {
      return new Rest.Answer(0, e.toString(), java.util.Optional.empty(), false);
    }
    int headEnd = answer.indexOf("\r\n\r\n");
    if (headEnd < 0) {
      return new Rest.Answer(0, answer, java.util.Optional.empty(), false);
    }
    return new Rest.Answer(
        Integer.parseInt(answer.substring(9, 12)),
        answer.substring(headEnd + 4),
        java.util.Optional.empty(),
        false);
  }

  private String name(int host) {
    return prefix + "h" + host;
  }

  private static String port(int host) {
    return "port" + host;
  }

  private static String run(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    byte[] output = process.getInputStream().readAllBytes();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IOException(
            String.join(" ", command) + ": " + new String(output, StandardCharsets.UTF_8));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    return new String(output, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    for (int host = 1; host <= hosts; host++) {
      remove(name(host));
    }
    remove(hub);
  }

  private static void remove(String namespace) {
    try {
      run("ip", "netns", "del", namespace);
    } catch (IOException e) {
      System.err.println("could not remove namespace " + namespace + ": " + e.getMessage());
    }
  }
}
