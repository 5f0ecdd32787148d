// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.process;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Hosts on one machine: a network namespace each, joined by a router in one more, which can lose
 * packets silently: nobody is told, and connections stay up. Everything is made and taken away by
 * this class, and nothing outside is touched.
 */
final class Namespaces implements AutoCloseable {
  private static final AtomicInteger MADE = new AtomicInteger();

  private final String prefix =
      "qc" + ProcessHandle.current().pid() % 100_000 + "n" + MADE.incrementAndGet();
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

  /**
   * Hosts 1 to {@code hosts}, or the end of the test: what it would have shown was not shown on
   * this machine, and the build says so.
   */
  static Namespaces orAbort(int hosts) {
    try {
      return create(hosts);
    } catch (IOException e) {
      return abort(
          "NOT TESTED: a network that loses packets needs network namespaces, which cannot be made"
              + " here (root and iproute2 are wanted): "
              + e.getMessage());
    }
  }

  private void build() throws IOException {
    run("ip", "netns", "add", hub);
    // Only a router that forwards drops what a rule sends into a blackhole without an ICMP answer.
    run("ip", "netns", "exec", hub, "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward");
    for (int host = 1; host <= hosts; host++) {
      run("ip", "netns", "add", name(host));
      run("ip", "-n", name(host), "link", "add", "eth", "type", "veth", "peer", "name", port(host));
      run("ip", "-n", name(host), "link", "set", port(host), "netns", hub);
      run("ip", "-n", hub, "addr", "add", gateway(host) + "/24", "dev", port(host));
      run("ip", "-n", hub, "link", "set", port(host), "up");
      run("ip", "-n", name(host), "addr", "add", address(host) + "/24", "dev", "eth");
      run("ip", "-n", name(host), "link", "set", "eth", "up");
      run("ip", "-n", name(host), "link", "set", "lo", "up");
      run("ip", "-n", name(host), "route", "add", "default", "via", gateway(host));
    }
  }

  String address(int host) {
    return "10.199." + host + ".2";
  }

  private static String gateway(int host) {
    return "10.199." + host + ".1";
  }

  /** A command that runs on a host. */
  List<String> on(int host, List<String> command) {
    List<String> whole = new ArrayList<>(List.of("ip", "netns", "exec", name(host)));
    whole.addAll(command);
    return whole;
  }

  /** Loses everything that a host sends to others and that others send to it. */
  void isolate(int host) throws IOException {
    blackhole("add", "from", address(host));
    blackhole("add", "to", address(host));
  }

  /** Ends {@link #isolate}. */
  void heal(int host) throws IOException {
    blackhole("del", "from", address(host));
    blackhole("del", "to", address(host));
  }

  /**
   * Loses what one host sends to another to or from this TCP port. The other direction is as it
   * was; {@link #cut} is both.
   */
  void drop(int from, int to, int port) throws IOException {
    dropping("add", from, to, port);
  }

  /** Ends {@link #drop}. */
  void undrop(int from, int to, int port) throws IOException {
    dropping("del", from, to, port);
  }

  /** Loses what two hosts send to each other to or from this TCP port. */
  void cut(int one, int other, int port) throws IOException {
    drop(one, other, port);
    drop(other, one, port);
  }

  /** Ends {@link #cut}. */
  void uncut(int one, int other, int port) throws IOException {
    undrop(one, other, port);
    undrop(other, one, port);
  }

  private void dropping(String what, int from, int to, int port) throws IOException {
    for (String side : List.of("dport", "sport")) {
      blackhole(
          what,
          "from",
          address(from),
          "to",
          address(to),
          "ipproto",
          "tcp",
          side,
          Integer.toString(port));
    }
  }

  private void blackhole(String what, String... which) throws IOException {
    List<String> command = new ArrayList<>(List.of("ip", "-n", hub, "rule", what));
    command.addAll(List.of(which));
    command.add("blackhole");
    run(command.toArray(String[]::new));
  }

  /**
   * How many bytes the kernel of one host still holds, and will send again, for a TCP port of
   * another: those of connections that nobody there has any more as well.
   */
  long unsent(int from, int to, int port) throws IOException {
    long unsent = 0;
    for (String line : run(on(from, List.of("ss", "-Htan")).toArray(String[]::new)).split("\n")) {
      String[] columns = line.strip().split("\\s+");
      if (columns.length >= 5
          && columns[4].contains(address(to))
          && columns[4].endsWith(":" + port)) {
        unsent += Long.parseLong(columns[2]);
      }
    }
    return unsent;
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
