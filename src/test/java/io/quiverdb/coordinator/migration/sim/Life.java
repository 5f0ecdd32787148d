// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.sim;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.migration.sim.Setup.Wish;
import io.quiverdb.coordinator.model.ShardMap;
import java.util.List;
import java.util.Optional;

/**
 * The course of a world: it is filled, clients run, operators start migrations, and a verdict ends
 * it.
 */
final class Life {
  private static final long SECOND = 1_000_000_000;

  /** A migration that takes longer than this once nothing goes wrong any more is stuck. */
  private static final long PATIENCE = 400 * SECOND;

  private static final int ATTEMPTS = 10;

  private final World world;
  private final Engine engine;
  private final Operators operators;
  private final Sim sim;
  private final Chance chance;
  private Optional<Verifier> verifier = Optional.empty();

  Life(World world, Engine engine) {
    this.world = world;
    this.engine = engine;
    this.operators = new Operators(world, engine);
    this.sim = world.sim;
    this.chance = world.chance;
  }

  void live() throws InterruptedException {
    begin();
    world.faults.begin();
    sim.after(world.setup.faultsUntil, this::heal);
    if (!world.setup.firstWishAfter.isZero()) {
      sim.sleep(world.setup.firstWishAfter.toNanos());
    }
    for (Wish wish : world.setup.wishes) {
      sim.sleep(chance.between(SECOND / 10, 3 * SECOND));
      fulfil(wish);
    }
    heal();
    if (verifier.isPresent()) {
      verifier.get().oneMore();
      world.setup.onReports.accept(verifier.get().done());
    }
    world.clients.forEach(Client::stop);
    for (Schemer schemer : world.schemers) {
      schemer.stop();
    }
    sim.sleep(3 * world.setup.requestDrain.toNanos());
    new Verdict(world).check();
  }

  private void heal() {
    world.weather.clearUp();
    world.faults.end();
  }

  private void begin() throws InterruptedException {
    ShardMap first = world.build();
    SimCluster cluster = world.cluster;
    cluster.elect(chance.of(cluster.nodes()));
    List<String> urls = world.routers.stream().map(router -> router.url).toList();
    operators.awaitLogged(new Command.Bootstrap("sim", "sim", first, first.lowestFreeId(), urls));
    while (world.routers.stream().anyMatch(router -> router.version() == 0)) {
      sim.sleep(SECOND / 10);
    }
    Setup setup = world.setup;
    Group group = new Group("clients");
    for (int i = 0; i < setup.clients; i++) {
      Client client =
          new Client(
              sim,
              world.routers,
              world.history,
              world.attention,
              world.collections,
              setup.clientPatience(),
              setup.clientPause,
              setup.healthy() && setup.schemers == 0,
              setup.onlySearches);
      world.clients.add(client);
      sim.spawn(group, "client-" + i, client::run);
    }
    if (setup.verifying) {
      verifier = Optional.of(new Verifier(world, operators));
      sim.spawn(new Group("verifier"), "verifier", verifier.get()::run);
    }
    for (int i = 0; i < setup.schemers; i++) {
      Schemer schemer = new Schemer(world, "x" + i);
      world.schemers.add(schemer);
      sim.spawn(group, "schemer-" + i, schemer::run);
    }
  }

  private void fulfil(Wish wish) throws InterruptedException {
    boolean grow = wish.name().startsWith("GROW");
    Optional<String> target = operators.target(grow);
    if (target.isEmpty()) {
      return;
    }
    if (!begun(wish, grow, target.get())) {
      return;
    }
    long deadline = sim.now() + world.setup.faultsUntil + PATIENCE;
    if (wish == Wish.GROW_AND_CANCEL || wish == Wish.DRAIN_AND_CANCEL) {
      if (world.setup.cancelIn.isPresent()) {
        sim.spawn(
            new Group("operators"),
            "operator",
            () -> operators.cancelIn(world.setup.cancelIn.get()));
      } else {
        later(operators::cancel);
      }
    }
    if (wish == Wish.GROW_AND_PAUSE || wish == Wish.DRAIN_AND_PAUSE) {
      later(operators::pause);
    }
    while (engine.busy(world.cluster.newest())) {
      if (sim.now() > deadline) {
        throw new AssertionError(
            "the migration does not end: " + operators.active().map(Text::of).orElse(""));
      }
      sim.sleep(SECOND / 2);
      operators.help();
    }
  }

  /** Asks until the migration has begun; often and long enough that everything is well again. */
  private boolean begun(Wish wish, boolean grow, String target) throws InterruptedException {
    long deadline = Math.max(sim.now(), world.setup.faultsUntil) + 60 * SECOND;
    long known = world.cluster.newest().migrations().nextId();
    int whenAllWasWell = 0;
    // One attempt may take a minute when its leader dies.
    while (sim.now() < deadline || whenAllWasWell < ATTEMPTS) {
      whenAllWasWell += sim.now() > world.setup.faultsUntil ? 1 : 0;
      String refused = operators.ask(grow, target);
      sim.trace("operator", wish + " " + target, refused.isEmpty() ? "accepted" : refused);
      if (refused.isEmpty()
          || engine.busy(world.cluster.newest())
          || world.cluster.newest().migrations().nextId() != known) {
        return true;
      }
      if (grow && world.setup.emptiedByHand && refused.contains("target_empty")) {
        operators.makeFresh(target);
      }
      sim.sleep(chance.between(SECOND / 2, 4 * SECOND));
    }
    throw new AssertionError("no migration could be begun: " + wish + " " + target);
  }

  private void later(Actor.Body body) {
    long wait = chance.between(0, 40 * SECOND);
    sim.spawn(
        new Group("operators"),
        "operator",
        () -> {
          sim.sleep(wait);
          body.run();
        });
  }
}
