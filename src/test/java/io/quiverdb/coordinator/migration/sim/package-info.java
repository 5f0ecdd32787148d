/**
 * A simulated world in which the engine of moves works: virtual time, in-memory shards and routers,
 * up to three members over a log with terms, clients that write and read, and everything that may
 * go wrong (docs/migration.md).
 *
 * <p>A world is made from a seed and lives the same way every time: {@link
 * io.quiverdb.coordinator.migration.sim.Sim} lets one thread run at a time and decides who goes on
 * where one waits; {@link io.quiverdb.coordinator.migration.sim.Weather} decides what becomes of
 * each request; {@link io.quiverdb.coordinator.migration.sim.Faults} what dies, pauses or is cut
 * off. {@link io.quiverdb.coordinator.migration.sim.History} knows what every read may return.
 * {@code make sim SEEDS=1-100000} runs many worlds, {@code make sim SEEDS=4711} one of them again.
 *
 * <p>What lives here: the world, its judge, and a mover with known faults that the judge must find.
 * What never will: anything that the engine itself could see.
 */
package io.quiverdb.coordinator.migration.sim;
