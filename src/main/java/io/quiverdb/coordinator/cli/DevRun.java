// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import io.quiverdb.coordinator.dev.cluster.DevCluster;
import io.quiverdb.coordinator.dev.cluster.DevPoints;
import io.quiverdb.coordinator.dev.cluster.MemberProcess;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Runs a local cluster until Ctrl-C or the end of its last member, and prints the addresses of its
 * parts.
 */
final class DevRun {
  private static final int LOOK_SECONDS = 1;

  private DevRun() {}

  static int run(DevOptions options) throws IOException, InterruptedException {
    DevCluster cluster =
        DevCluster.start(
            new DevCluster.Size(
                options.nodes(),
                options.shards(),
                options.routers(),
                options.basePort(),
                options.dir(),
                ""));
    CountDownLatch ending = new CountDownLatch(1);
    Runtime.getRuntime()
        // Do not report members that end because the cluster is closed.
        .addShutdownHook(new Thread(ending::countDown, "ending"));
    List<MemberProcess> members = cluster.ensemble().members();
    for (MemberProcess member : members) {
      line("coordinator " + member.id(), member.http().toString());
    }
    numbered("shard", cluster.shards().urls());
    numbered("router", cluster.routers().urls());
    line("data and output", cluster.folder().toString());
    line("console", members.get(0).http() + "/console");
    System.out.println();
    System.out.println("Try: quiver-coordinator status --endpoint " + members.get(0).http());
    System.out.println("Ctrl-C ends it all.");
    if (options.points() > 0) {
      DevPoints.load(cluster.routers().urls().get(0), options.points());
      System.out.println(options.points() + " points are in the collection \"dev\".");
    }
    return watch(members, ending);
  }

  /** Continues without a member that ended: users kill members on purpose. */
  private static int watch(List<MemberProcess> members, CountDownLatch ending)
      throws InterruptedException {
    Set<String> ended = new HashSet<>();
    while (!ending.await(LOOK_SECONDS, TimeUnit.SECONDS)) {
      for (MemberProcess member : members) {
        if (!member.alive() && ended.add(member.id())) {
          int left = members.size() - ended.size();
          System.err.println(
              "coordinator "
                  + member.id()
                  + " has ended; its output is in "
                  + member.output()
                  + "; left: "
                  + left
                  + " of "
                  + members.size()
                  + (left <= members.size() / 2 ? ", no majority: no map is served" : ""));
        }
      }
      if (ended.size() == members.size()) {
        System.err.println("no coordinator is left; ending the cluster");
        return ExitCode.FAILED;
      }
    }
    return ExitCode.OK;
  }

  private static void numbered(String what, List<String> urls) {
    for (int i = 0; i < urls.size(); i++) {
      line(what + " " + i, urls.get(i));
    }
  }

  private static void line(String what, String where) {
    System.out.printf("%-16s %s%n", what, where);
  }
}
