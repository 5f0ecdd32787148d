// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.cluster;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** An ensemble of member processes on this machine, all on 127.0.0.1, in one folder. */
public final class LocalEnsemble implements AutoCloseable {
  private static final String MAIN = "io.quiverdb.coordinator.cli.Main";

  private final List<MemberProcess> members;
  private final Path folder;

  private LocalEnsemble(List<MemberProcess> members, Path folder) {
    this.members = List.copyOf(members);
    this.folder = folder;
  }

  /**
   * The settings of an ensemble.
   *
   * @param nodes how many members
   * @param folder where configurations, data and output go; is created
   * @param basePort the first of {@code 2 * nodes} ports in a row; 0: free ones
   * @param shards URLs of the first shards
   * @param routers URLs of routers to register
   * @param extra lines of YAML put at the end of each member's configuration
   * @param program the arguments of {@code java}: options, and the jar or the class to run
   */
  public record Plan(
      int nodes,
      Path folder,
      int basePort,
      List<String> shards,
      List<String> routers,
      String extra,
      List<String> program) {
    /**
     * An ensemble without keys that runs the program of this JVM with the same options.
     *
     * @param migration that section of the configurations, in YAML; empty: the defaults
     */
    public static Plan of(
        int nodes,
        Path folder,
        int basePort,
        List<String> shards,
        List<String> routers,
        String migration) {
      return of(nodes, folder, basePort, shards, routers, migration, ownProgram());
    }

    /**
     * The same with another program.
     *
     * @param migration that section of the configurations, in YAML; empty: the defaults
     * @param program the arguments of {@code java}: options, and the jar or the class to run
     */
    static Plan of(
        int nodes,
        Path folder,
        int basePort,
        List<String> shards,
        List<String> routers,
        String migration,
        List<String> program) {
      String extra =
          "auth: { insecure: true }\n"
              + (migration.isEmpty()
                  ? ""
                  : "shards: { request_timeout: 1s }\nmigration: " + migration + "\n");
      return new Plan(nodes, folder, basePort, shards, routers, extra, program);
    }
  }

  /** What starts the program of this JVM, with the same options. */
  static List<String> ownProgram() {
    List<String> program =
        new ArrayList<>(ManagementFactory.getRuntimeMXBean().getInputArguments());
    program.addAll(List.of("-cp", System.getProperty("java.class.path"), MAIN));
    return program;
  }

  /** Writes the configurations; starts nothing yet. */
  public static LocalEnsemble prepare(Plan plan) throws IOException {
    Files.createDirectories(plan.folder());
    List<Integer> ports =
        plan.basePort() == 0
            ? FreePorts.take(2 * plan.nodes())
            : FreePorts.inARow(plan.basePort(), 2 * plan.nodes());
    StringBuilder memberLines = new StringBuilder();
    for (int i = 0; i < plan.nodes(); i++) {
      memberLines.append(
          "    - { id: %s, raft: \"127.0.0.1:%d\", http: \"http://127.0.0.1:%d\" }%n"
              .formatted(id(i), ports.get(2 * i + 1), ports.get(2 * i)));
    }
    List<MemberProcess> members = new ArrayList<>();
    for (int i = 0; i < plan.nodes(); i++) {
      Path config = plan.folder().resolve(id(i) + ".yaml");
      Files.writeString(
          config, configuration(plan, id(i), memberLines, ports.get(2 * i), ports.get(2 * i + 1)));
      members.add(
          new MemberProcess(
              id(i),
              URI.create("http://127.0.0.1:" + ports.get(2 * i)),
              command(plan, config),
              plan.folder().resolve(id(i) + ".out")));
    }
    return new LocalEnsemble(members, plan.folder());
  }

  private static String id(int i) {
    return "c" + (i + 1);
  }

  private static String configuration(
      Plan plan, String id, CharSequence memberLines, int http, int raft) {
    return """
        node: { id: %s, data_dir: "%s" }
        ensemble:
          name: local
          members:
        %shttp: { listen: "127.0.0.1:%d" }
        raft: { listen: "127.0.0.1:%d" }
        bootstrap: { shards: %s }
        routers: %s
        %s"""
        .formatted(
            id,
            plan.folder().resolve(id).toAbsolutePath(),
            memberLines,
            http,
            raft,
            quoted(plan.shards()),
            quoted(plan.routers()),
            plan.extra());
  }

  private static String quoted(List<String> texts) {
    return texts.stream().map(text -> '"' + text + '"').toList().toString();
  }

  private static List<String> command(Plan plan, Path config) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(plan.program());
    command.addAll(List.of("serve", "--config", config.toString()));
    return command;
  }

  /** Starts every stopped member. */
  public void start() {
    members.forEach(MemberProcess::start);
  }

  /** Starts every member; if one cannot be started, none is left running. */
  LocalEnsemble started() {
    try {
      start();
      return this;
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** The members, in the order of their ids. */
  public List<MemberProcess> members() {
    return members;
  }

  /** The member with this id. */
  public MemberProcess member(String id) {
    return members.stream()
        .filter(member -> member.id().equals(id))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no member " + id));
  }

  /** A member's data directory. */
  public Path data(String id) {
    return folder.resolve(id);
  }

  /** Ends every member, the graceful way first. */
  @Override
  public void close() {
    members.forEach(MemberProcess::terminate);
    members.forEach(MemberProcess::close);
  }
}
