// SPDX-License-Identifier: Apache-2.0
/**
 * A simulated world in which the engine of migrations works: virtual time, in-memory shards and
 * routers, up to three members over a log with terms, clients that write and read, and faults of
 * all kinds (docs/migration-protocol.md).
 *
 * <p>A world is made from a seed and is the same every time: {@link
 * io.quiverdb.coordinator.migration.sim.Sim} lets one thread run at a time and decides which one
 * runs next; {@link io.quiverdb.coordinator.migration.sim.Weather} decides the fate of each
 * request; {@link io.quiverdb.coordinator.migration.sim.Faults} what dies, pauses or is cut off.
 * {@link io.quiverdb.coordinator.migration.sim.History} knows what every read may return. {@code
 * make sim SEEDS=1-100000} runs many worlds, {@code make sim SEEDS=4711} one of them again.
 *
 * <p>{@link io.quiverdb.coordinator.migration.sim.LeaderKilledEverywhereTest} kills the leader at
 * every moment of a small world. Each of its safeguards was taken out once, and it went red:
 *
 * <ul>
 *   <li>the quiet time after a takeover, before DONE, REVERTED and the flip: REVERTED was logged
 *       while an old delete was on its way;
 *   <li>the same before a migration is begun: PREPARED was logged while an old create was on its
 *       way;
 *   <li>a new leader verifies again, which the planner and the rules of the log both require;
 *       without it in the planner the rules refuse the flip forever;
 *   <li>a repair is compared again: acknowledged writes were lost;
 *   <li>the cursor of the copy, which the log keeps: rows were copied again; logged before the rows
 *       were written, too;
 *   <li>the revert of a join drops the collections that it created: they were left;
 *   <li>the checks remove what dead checks left behind: no join was possible any more.
 * </ul>
 *
 * <p>What {@code LeaderKilledEverywhereTest} does not find, because it takes a slow client or
 * router besides a dead leader: a wait of request_drain between rounds, or the barrier of a revert,
 * that is left out. The tests of the parts find those ({@code ReconcileTest}, {@code
 * RoutersBarrierTest}).
 *
 * <p>What lives here: the world, its checker, and a migrator with known faults that the checker
 * must find. What never will: anything that the engine itself could see.
 */
package io.quiverdb.coordinator.migration.sim;
