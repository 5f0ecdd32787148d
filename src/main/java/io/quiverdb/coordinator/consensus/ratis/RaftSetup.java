// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.consensus.Members;
import io.quiverdb.coordinator.consensus.RaftAddress;
import io.quiverdb.coordinator.tls.RenewableTls;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.grpc.GrpcTlsConfig;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.rpc.SupportedRpcType;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.netty.handler.ssl.SslProvider;
import org.apache.ratis.util.ExitUtils;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/**
 * The settings of Ratis, measured together as one set. A comment explains each value that is not
 * the default.
 */
final class RaftSetup {
  /** Longer than any request: with it Ratis ends a read that no leader confirms. */
  static final Duration READ_TIMEOUT = Duration.ofSeconds(3);

  /** The size limit of an entry, well below the 4 MB at which Ratis makes the leader step down. */
  static final int MAX_ENTRY_BYTES = 3_900_000;

  private static final Set<String> MEMBERS_ONLY =
      Set.of(RaftServerProtocolServiceGrpc.SERVICE_NAME);

  static {
    // Ratis ends the process by itself when it cannot bind its port; and, once its exit code is
    // loaded, on an uncaught exception of any thread. Only the member's listener may end it.
    Thread.UncaughtExceptionHandler handler = Thread.getDefaultUncaughtExceptionHandler();
    ExitUtils.disableSystemExit();
    ExitUtils.setTerminateOnUncaughtException(false);
    Thread.setDefaultUncaughtExceptionHandler(handler);
  }

  private RaftSetup() {}

  /** Ensembles with different names never share a group, whatever ports they were given. */
  static RaftGroupId groupId(String ensemble) {
    return RaftGroupId.valueOf(
        UUID.nameUUIDFromBytes(
            ("quiver-coordinator/" + ensemble).getBytes(StandardCharsets.UTF_8)));
  }

  /** Equal priorities everywhere: a higher one would take leadership from a healthy leader. */
  static RaftPeer peer(String peerId, String address) {
    return RaftPeer.newBuilder().setId(peerId).setAddress(address).build();
  }

  static RaftProperties properties(RatisSettings settings, Path raftDir) {
    RaftProperties p = new RaftProperties();
    RaftConfigKeys.Rpc.setType(p, SupportedRpcType.GRPC);
    GrpcConfigKeys.Server.setHost(p, settings.listenHost());
    GrpcConfigKeys.Server.setPort(p, settings.listenPort());
    elections(p, settings);
    storage(p, settings.tuning(), raftDir);
    reads(p);
    return p;
  }

  private static void elections(RaftProperties p, RatisSettings settings) {
    RaftServerConfigKeys.Rpc.setTimeoutMin(p, time(settings.timing().electionMin()));
    RaftServerConfigKeys.Rpc.setTimeoutMax(p, time(settings.timing().electionMax()));
    RaftServerConfigKeys.Rpc.setRequestTimeout(p, time(settings.requestTimeout()));
    RaftServerConfigKeys.LeaderElection.setLeaderStepDownWaitTime(p, time(Duration.ofSeconds(1)));
    RaftServerConfigKeys.Log.Appender.setRetryPolicy(p, "10ms,20,250ms,100000000");
    // Long enough for a member that is just starting: while it is being added, the others do not
    // send it away when it asks for votes with its old configuration.
    RaftServerConfigKeys.setStagingTimeout(p, time(Duration.ofSeconds(3)));
    // By default a server closes for good after its process was paused for a minute. Stepping down
    // is enough: after a laptop sleeps, its cluster works again.
    RaftServerConfigKeys.setCloseThreshold(p, time(Duration.ofDays(365)));
    // Ratis' retries are of no use here: a command is submitted once, and what must be remembered
    // longer is the idempotency key in the replicated state. The cache keeps about a kilobyte a
    // command on every member: ten minutes of it would be gigabytes at full load.
    RaftServerConfigKeys.RetryCache.setExpiryTime(p, time(Duration.ofSeconds(3)));
  }

  private static void storage(RaftProperties p, RatisSettings.Tuning tuning, Path raftDir) {
    // By default both are below /tmp.
    RaftServerConfigKeys.setStorageDir(p, List.of(raftDir.toFile()));
    RaftServerConfigKeys.setRemovedGroupsDir(p, raftDir.resolve("removed").toFile());
    RaftServerConfigKeys.Log.setSegmentSizeMax(p, SizeInBytes.valueOf(tuning.segmentBytes()));
    RaftServerConfigKeys.Log.setPreallocatedSize(
        p, SizeInBytes.valueOf(tuning.preallocatedBytes()));
    RaftServerConfigKeys.Log.setWriteBufferSize(p, SizeInBytes.valueOf("5MB"));
    // It would write a second entry for every commit, with a flush of its own, to remember how far
    // the log was committed. A majority knows that anyway; one that is alone may show nothing newer
    // than its snapshot, and serves no map then.
    RaftServerConfigKeys.Log.setLogMetadataEnabled(p, false);
    RaftServerConfigKeys.Log.setUnsafeFlushEnabled(p, false);
    RaftServerConfigKeys.Log.setAsyncFlushEnabled(p, false);
    RaftServerConfigKeys.Log.setCorruptionPolicy(
        p, RaftServerConfigKeys.Log.CorruptionPolicy.EXCEPTION);
    // By default each follower is sent to a millisecond after the last time at the earliest.
    RaftServerConfigKeys.Log.Appender.setWaitTimeMin(p, TimeDuration.ZERO);
    RaftServerConfigKeys.Log.Appender.setSnapshotChunkSizeMax(p, SizeInBytes.valueOf("4MB"));
    // By default eight of them are in a leader's memory at once, for each follower that lags.
    GrpcConfigKeys.Server.setInstallSnapshotRequestElementLimit(p, 2);
    // By default Ratis never takes a snapshot and never purges.
    RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(p, true);
    RaftServerConfigKeys.Snapshot.setAutoTriggerThreshold(p, tuning.snapshotThreshold());
    RaftServerConfigKeys.Snapshot.setRetentionFileNum(p, 3);
    // No snapshot when the member stops: a restart is the same as after a crash, and short.
    RaftServerConfigKeys.Snapshot.setTriggerWhenStopEnabled(p, false);
    RaftServerConfigKeys.Log.setPurgeUptoSnapshotIndex(p, true);
    RaftServerConfigKeys.Log.setPurgePreservationLogNum(p, tuning.keptEntries());
    RaftServerConfigKeys.Log.setPurgeGap(p, tuning.purgeGap());
  }

  private static void reads(RaftProperties p) {
    RaftServerConfigKeys.Read.setOption(p, RaftServerConfigKeys.Read.Option.LINEARIZABLE);
    // With a lease a read succeeds though nobody has answered since it began. The lease also rests
    // on clocks, is extended by refusals, and outlives a vote in some elections.
    RaftServerConfigKeys.Read.setLeaderLeaseEnabled(p, false);
    RaftServerConfigKeys.Read.setTimeout(p, time(READ_TIMEOUT));
  }

  /**
   * Ratis serves its clients and its administration on the members' port to everyone who connects.
   * All commands here go through the server object, so both are closed.
   *
   * @param members whose certificates are taken
   * @param steadyTerm this member's, see {@link SteadyTerm}
   * @param mayVote whether this member may grant a vote
   */
  static Parameters parameters(
      RatisSettings settings,
      Members members,
      Supplier<OptionalLong> steadyTerm,
      BooleanSupplier mayVote) {
    Parameters parameters = new Parameters();
    settings.tls().ifPresent(tls -> secure(parameters, tls));
    Optional<CertifiedPeers> peers =
        settings.tls().map(tls -> new CertifiedPeers(tls, peer -> host(members, peer)));
    GrpcConfigKeys.Server.setServicesCustomizer(
        parameters,
        (builder, types) -> {
          builder.intercept(new SteadyReads(steadyTerm)).intercept(new MembersOnly(mayVote));
          peers.ifPresent(builder::intercept); // the last one comes first
          return builder;
        });
    return parameters;
  }

  /** Of the Raft address of a member, which its certificate names. */
  private static Optional<String> host(Members members, String peerId) {
    return members.find(PeerIds.member(peerId)).map(member -> RaftAddress.of(member.raft()).host());
  }

  /**
   * Mutual TLS. A caller without a certificate of the CAs is refused, and a member is called only
   * if its certificate names the host in its address.
   */
  private static void secure(Parameters parameters, RenewableTls tls) {
    GrpcConfigKeys.TLS.setConf(
        parameters,
        GrpcTlsConfig.newBuilder()
            .setKeyManager(tls.keyManager())
            .setTrustManager(tls.trustManager())
            .setMutualTls(true)
            // By default it is OpenSSL's, in memory outside of the heap.
            .setSslProvider(SslProvider.JDK)
            .setProtocols("TLSv1.3", "TLSv1.2")
            .build());
  }

  static TimeDuration time(Duration duration) {
    return TimeDuration.valueOf(duration.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Refuses all requests except those between members. */
  private static final class MembersOnly implements ServerInterceptor {
    private static final String VOTE =
        RaftServerProtocolServiceGrpc.getRequestVoteMethod().getFullMethodName();

    private final BooleanSupplier mayVote;

    MembersOnly(BooleanSupplier mayVote) {
      this.mayVote = mayVote;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      String service = String.valueOf(call.getMethodDescriptor().getServiceName());
      if (VOTE.equals(call.getMethodDescriptor().getFullMethodName()) && !mayVote.getAsBoolean()) {
        call.close(
            Status.UNAVAILABLE.withDescription("this member does not know yet whether it may vote"),
            new Metadata());
        return new ServerCall.Listener<>() {};
      }
      if (MEMBERS_ONLY.contains(service)) {
        return next.startCall(call, headers);
      }
      call.close(
          Status.PERMISSION_DENIED.withDescription(service + " is closed: use the REST surface"),
          new Metadata());
      return new ServerCall.Listener<>() {};
    }
  }
}
