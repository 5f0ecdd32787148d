// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.process;

import io.quiverdb.coordinator.dev.cluster.FreePorts;
import io.quiverdb.coordinator.dev.cluster.MemberProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Members that join an ensemble, and the command line that changes who is in it. */
final class ChangingMembers implements AutoCloseable {
  private static final long COMMAND_SECONDS = 60;

  private final Path folder;
  private final List<MemberProcess> all;
  private final List<MemberProcess> joined = new ArrayList<>();

  /** What a command printed. */
  record Typed(int code, String text) {}

  /** Where a member that joins is reached, and its process. */
  record Joining(MemberProcess process, String raft) {}

  ChangingMembers(Path folder, Ensemble ensemble) {
    this.folder = folder;
    this.all = new ArrayList<>(ensemble.members());
  }

  /** Starts a member without data that asks the others to be added. */
  Joining join(String id) throws IOException {
    List<Integer> ports = FreePorts.take(2);
    String raft = "127.0.0.1:" + ports.get(0);
    URI http = URI.create("http://127.0.0.1:" + ports.get(1));
    Path config = folder.resolve(id + ".yaml");
    Files.writeString(
        config,
        """
        node: { id: %s, raft: "%s", http: "%s", data_dir: "%s" }
        ensemble: { name: local, join: [ %s ] }
        http: { listen: "127.0.0.1:%d" }
        raft: { listen: "%s" }
        auth: { insecure: true }
        """
            .formatted(
                id,
                raft,
                http,
                folder.resolve(id).toAbsolutePath(),
                all.stream().map(it -> "\"" + it.http() + "\"").collect(Collectors.joining(", ")),
                ports.get(1),
                raft));
    List<String> command =
        BuiltJar.command(BuiltJar.UNOPTIMIZED, "serve", "--config", config.toString());
    MemberProcess process = new MemberProcess(id, http, command, folder.resolve(id + ".out"));
    process.start();
    joined.add(process);
    all.add(process);
    return new Joining(process, raft);
  }

  /** Types a command that names every member there ever was. */
  Typed type(String... words) throws IOException, InterruptedException {
    List<String> command = BuiltJar.command(BuiltJar.UNOPTIMIZED, words);
    Path output = folder.resolve("typed.out");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder
        .environment()
        .put(
            "QUIVER_COORDINATOR_URL",
            all.stream().map(it -> it.http().toString()).collect(Collectors.joining(",")));
    Process process = builder.start();
    if (!process.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError(
          String.join(" ", words) + " does not end:\n" + Files.readString(output) + lastWords());
    }
    return new Typed(process.exitValue(), Files.readString(output));
  }

  /** Those of the founding and those that joined. */
  List<MemberProcess> all() {
    return List.copyOf(all);
  }

  String lastWords() {
    return all.stream().map(MemberProcess::lastWords).collect(Collectors.joining());
  }

  @Override
  public void close() {
    joined.forEach(MemberProcess::kill);
  }
}
