// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.cluster;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A whole cluster on 127.0.0.1: members as processes, shards and routers in this JVM. Closing it
 * ends every process and removes its folder, unless the caller gave one.
 */
public final class DevCluster implements AutoCloseable {
  private final DevShards shards;
  private final LocalEnsemble ensemble;
  private final DevRouters routers;
  private final Path folder;
  private final Closer leftovers;

  private DevCluster(
      DevShards shards, LocalEnsemble ensemble, DevRouters routers, Path folder, Closer leftovers) {
    this.shards = shards;
    this.ensemble = ensemble;
    this.routers = routers;
    this.folder = folder;
    this.leftovers = leftovers;
  }

  /**
   * The size and the folder of a cluster.
   *
   * @param nodes members of the ensemble
   * @param shards shards of the first map
   * @param routers routers, each polling another member in turn
   * @param basePort the first of the ports in a row; 0: free ones
   * @param folder for configurations, data and output; empty: a temporary one
   * @param migration the section of the members' configurations, in YAML; empty: the defaults
   */
  public record Size(
      int nodes, int shards, int routers, int basePort, Optional<Path> folder, String migration) {}

  /**
   * Starts everything; members may still be starting when it returns. If this JVM ends, all
   * processes are ended and the folder is removed.
   */
  public static DevCluster start(Size size) throws IOException, InterruptedException {
    return start(size, LocalEnsemble.ownProgram());
  }

  /**
   * The same with members of this program.
   *
   * @param program the arguments of {@code java}: options, and the jar or the class to run
   */
  public static DevCluster start(Size size, List<String> program)
      throws IOException, InterruptedException {
    Closer leftovers = new Closer();
    Runtime.getRuntime().addShutdownHook(new Thread(leftovers::close, "closing"));
    try {
      return start(size, program, leftovers);
    } catch (IOException | InterruptedException | RuntimeException e) {
      leftovers.close();
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException("nothing else is thrown by what begins here", e);
    }
  }

  private static DevCluster start(Size size, List<String> program, Closer leftovers)
      throws Exception {
    int memberPorts = 2 * size.nodes();
    List<Integer> outer =
        size.basePort() == 0
            ? FreePorts.take(size.shards() + size.routers())
            : FreePorts.inARow(size.basePort(), memberPorts + size.shards() + size.routers())
                .subList(memberPorts, memberPorts + size.shards() + size.routers());
    List<Integer> shardPorts = outer.subList(0, size.shards());
    List<Integer> routerPorts = outer.subList(size.shards(), outer.size());
    Path folder =
        size.folder().isPresent()
            ? Files.createDirectories(size.folder().get())
            : leftovers.begin(() -> Files.createTempDirectory("quiver-dev"), DevCluster::remove);
    DevShards shards = leftovers.begin(() -> DevShards.start(shardPorts), DevShards::close);
    LocalEnsemble ensemble =
        LocalEnsemble.prepare(
            LocalEnsemble.Plan.of(
                size.nodes(),
                folder,
                size.basePort(),
                shards.urls(),
                routerPorts.stream().map(port -> "http://127.0.0.1:" + port).toList(),
                size.migration(),
                program));
    List<String> members =
        ensemble.members().stream().map(MemberProcess::http).map(URI::toString).toList();
    DevRouters routers =
        leftovers.begin(
            () -> DevRouters.start(routerPorts, shards.urls(), members), DevRouters::close);
    leftovers.begin(ensemble::started, LocalEnsemble::close);
    return new DevCluster(shards, ensemble, routers, folder, leftovers);
  }

  /** The member processes. */
  public LocalEnsemble ensemble() {
    return ensemble;
  }

  /** The shards. */
  public DevShards shards() {
    return shards;
  }

  /** The routers. */
  public DevRouters routers() {
    return routers;
  }

  /** Where the members keep their data and write their output. */
  public Path folder() {
    return folder;
  }

  @Override
  public void close() {
    leftovers.close();
  }

  private static void remove(Path root) {
    List<Path> paths = new ArrayList<>();
    try (Stream<Path> files = Files.walk(root)) {
      files.sorted(Comparator.reverseOrder()).forEach(paths::add);
      for (Path path : paths) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      System.err.println("could not remove " + root + ": " + e);
    }
  }
}
