// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import io.quiverdb.coordinator.codec.EntryCodec;
import io.quiverdb.coordinator.codec.SnapshotCodec;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.command.IdempotencyKey;
import io.quiverdb.coordinator.command.Proposal;
import io.quiverdb.coordinator.command.Stamp;
import io.quiverdb.coordinator.consensus.Member;
import io.quiverdb.coordinator.consensus.MemberReport;
import io.quiverdb.coordinator.consensus.Submission;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.model.ShardMap;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

/**
 * An ensemble inside this process, on loopback. Members ask each other directly for their reports;
 * {@link #mute} makes one seem unreachable for that.
 */
public final class TestEnsemble implements AutoCloseable {
  public static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Path dir;
  private final TestFiles files;
  private final Map<String, RatisEnsemble> running = new ConcurrentHashMap<>();
  private final Map<String, Thread> starting = new ConcurrentHashMap<>();
  private final Map<String, Throwable> startFailures = new ConcurrentHashMap<>();
  private final Map<String, List<String>> failures = new ConcurrentHashMap<>();
  private final Map<String, EntryCodec> entryCodecs = new ConcurrentHashMap<>();
  private final Map<String, SnapshotCodec> snapshotCodecs = new ConcurrentHashMap<>();
  private final TestPeers peers = new TestPeers(running);

  /** Not the keys of an earlier ensemble whose data this one may have. */
  private final AtomicLong keys = new AtomicLong(System.nanoTime());

  private UnaryOperator<RatisSettings> adjust = settings -> settings;

  public TestEnsemble(Path dir, int size) {
    this(dir, TestSettings.members(size));
  }

  TestEnsemble(Path dir, List<Member> members) {
    this.dir = dir;
    this.files = new TestFiles(members);
  }

  /** Elections as slow or fast as these, for the members that start from now on. */
  public TestEnsemble timing(RatisSettings.Timing timing) {
    return adjusted(s -> TestSettings.with(s, timing, s.tuning()));
  }

  /** Other settings, for the members that start from now on. */
  public TestEnsemble adjusted(UnaryOperator<RatisSettings> other) {
    adjust = other;
    return this;
  }

  /** Snapshots every so many entries, and hardly any log behind them. */
  public TestEnsemble snapshotEvery(long entries) {
    return adjusted(s -> TestSettings.snapshotEvery(s, entries));
  }

  /** Another codec for one member, from its next start on. */
  public void codec(String id, EntryCodec entries, SnapshotCodec snapshots) {
    entryCodecs.put(id, entries);
    snapshotCodecs.put(id, snapshots);
  }

  public List<Member> members() {
    return files.members();
  }

  public List<String> ids() {
    return members().stream().map(Member::id).toList();
  }

  public Path dataDir(String id) {
    return dir.resolve(id);
  }

  public RatisSettings settings(String id) {
    return adjust.apply(files.of(id, dataDir(id)));
  }

  /** Begins to start a member that asks the others for a place. */
  public Member join(String id) {
    Member joining = files.join(id);
    launch(id);
    return joining;
  }

  /** The others hear nothing of this member beside Raft; it goes on hearing them. */
  public void mute(String id) {
    peers.mute(id);
  }

  public void unmute(String id) {
    peers.unmute(id);
  }

  /** From its next start on a member is at other addresses, as only its own file says. */
  public Member move(String id) {
    return files.move(id);
  }

  /** From its next start on a member listens where nobody looks for it; it reaches the others. */
  public void deafen(String id) {
    files.deafen(id);
  }

  /** What is left of this member is its present report: it answers over HTTP, and no more. */
  public void killRaft(String id) {
    peers.freeze(id);
    kill(id);
  }

  /** Begins to start a member; founding may have to wait for others. */
  public RatisEnsemble launch(String id) {
    failures.put(id, new CopyOnWriteArrayList<>());
    startFailures.remove(id);
    peers.thaw(id);
    RatisEnsemble member =
        new RatisEnsemble(
            settings(id),
            entryCodecs.getOrDefault(id, EntryCodec.current()),
            snapshotCodecs.getOrDefault(id, SnapshotCodec.current()),
            peers,
            Clock.systemUTC(),
            (cause, message) -> failures.get(id).add(cause + ": " + message),
            "test");
    running.put(id, member);
    Thread thread =
        new Thread(
            () -> {
              try {
                member.start();
              } catch (StorageException | InterruptedException | RuntimeException e) {
                startFailures.put(id, e);
              }
            },
            "start-" + id);
    starting.put(id, thread);
    thread.start();
    return member;
  }

  /** Waits until {@link #launch} is through. */
  public void awaitStarted(Collection<String> ids) throws InterruptedException {
    for (String id : ids) {
      starting.get(id).join(PATIENCE.toMillis());
      if (starting.get(id).isAlive()) {
        fail(id + " did not start in time; it reports " + running.get(id).report());
      }
      if (startFailures.containsKey(id)) {
        throw new AssertionError(id + " did not start", startFailures.get(id));
      }
    }
  }

  public RatisEnsemble start(String id) throws InterruptedException {
    RatisEnsemble member = launch(id);
    awaitStarted(List.of(id));
    return member;
  }

  /** Starts all, bootstraps and applies some entries. */
  void found() throws Exception {
    startAll();
    submit(bootstrap());
    load(50);
    assertSameState();
  }

  public TestEnsemble startAll() throws InterruptedException {
    ids().forEach(this::launch);
    awaitStarted(ids());
    return this;
  }

  /** Why the last start of a member failed. */
  public StorageException startFailure(String id) throws InterruptedException {
    starting.get(id).join(PATIENCE.toMillis());
    Throwable failure = startFailures.get(id);
    if (failure instanceof StorageException expected) {
      return expected;
    }
    throw new AssertionError(id + " was to be refused", failure);
  }

  /** What a member told its failure listener. */
  public List<String> failures(String id) {
    return failures.get(id);
  }

  public RatisEnsemble member(String id) {
    return running.get(id);
  }

  /** Like a crash. */
  public void kill(String id) {
    RatisEnsemble member = running.remove(id);
    if (member != null) {
      member.abandon();
    }
  }

  /**
   * Several at once. Ratis takes a second for each, and the common pool has as few threads as the
   * machine has cores.
   */
  CompletableFuture<Void> killAll(List<String> ids) {
    return CompletableFuture.allOf(
        ids.stream()
            .map(id -> CompletableFuture.runAsync(() -> kill(id), task -> new Thread(task).start()))
            .toArray(CompletableFuture[]::new));
  }

  /** In good order. */
  public void stop(String id) {
    RatisEnsemble member = running.remove(id);
    if (member != null) {
      member.close();
    }
  }

  /** Takes away everything a stopped member had. */
  public void wipe(String id) throws IOException {
    Folders.delete(dataDir(id));
  }

  /** The id of the ready leader; waits for it. */
  public String leader() {
    return await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(5))
        .until(
            () ->
                running.entrySet().stream()
                    .filter(e -> e.getValue().leadership().current().leads())
                    .map(Map.Entry::getKey)
                    .findFirst()
                    .orElse(""),
            id -> !id.isEmpty());
  }

  public List<String> followers() {
    String leader = leader();
    return running.keySet().stream().filter(id -> !id.equals(leader)).sorted().toList();
  }

  public static Proposal proposal(Command command) {
    return Proposal.of(new Stamp("test", "ops", System.currentTimeMillis()), command);
  }

  public static Command bootstrap() {
    return new Command.Bootstrap(
        "00000000-0000-0000-0000-000000000001",
        "test",
        new ShardMap(
            0, List.of(new Shard(0, "http://127.0.0.1:1", List.of())), List.of(), List.of()),
        1,
        List.of());
  }

  /** One attempt, at the present leader. */
  public Submission submitOnce(Proposal proposal) {
    return answer(member(leader()), proposal);
  }

  public static Submission answer(RatisEnsemble member, Proposal proposal) {
    return answer(member.commandLog().submit(proposal));
  }

  static Submission answer(CompletableFuture<Submission> submission) {
    try {
      return submission.get(10, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError("a submission must always be answered", e);
    }
  }

  /** Until it is answered. */
  public Submission.Answered submit(Proposal proposal) {
    return (Submission.Answered)
        await()
            .atMost(PATIENCE)
            .pollInterval(Duration.ofMillis(10))
            .until(() -> submitOnce(proposal), Submission.Answered.class::isInstance);
  }

  /** Under a key of its own: what was not confirmed is done once all the same. */
  public Submission.Answered submit(Command command) {
    return submit(keyed(command));
  }

  private Proposal keyed(Command command) {
    return new Proposal(
        new Stamp("test", "ops", System.currentTimeMillis()),
        Optional.of(new IdempotencyKey("command-" + keys.incrementAndGet(), "f")),
        OptionalLong.empty(),
        command);
  }

  /** All at once, at the leader; what it does not answer is submitted again. */
  public List<Submission.Answered> submitTogether(List<Command> commands) {
    ParallelSubmissions submissions = new ParallelSubmissions(this);
    commands.stream().map(this::keyed).toList().forEach(submissions::send);
    return submissions.answers();
  }

  /** So many entries; two at a time, since others would share one. */
  public void load(int count) throws Exception {
    ParallelSubmissions submissions = new ParallelSubmissions(this);
    for (int i = 0; i < count; i++) {
      submissions.send(keyed(new Command.AllocateId()));
      submissions.awaitAtMost(1);
    }
    submissions.awaitAtMost(0);
  }

  /** Waits until these have applied all that the leader has committed by now. */
  public void awaitCaughtUp(String... ids) {
    long index = member(leader()).leadership().current().commitIndex();
    for (String id : ids) {
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(5))
          .untilAsserted(
              () -> {
                if (member(id).stateView().current().index() < index) {
                  fail(id + " is behind " + index + ": " + member(id).report());
                }
              });
    }
  }

  /** All running members are in the same state. */
  public void assertSameState() {
    awaitCaughtUp(running.keySet().toArray(String[]::new));
    // A leader also logs its own entries, between two looks.
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              ClusterState leading = member(leader()).stateView().current().state();
              for (RatisEnsemble member : running.values()) {
                assertEquals(leading, member.stateView().current().state());
              }
            });
  }

  /** The ids of those that run. */
  public List<String> running() {
    return running.keySet().stream().sorted().toList();
  }

  public MemberReport report(String id) {
    return member(id).report();
  }

  @Override
  public void close() {
    killAll(running()).join();
  }
}
