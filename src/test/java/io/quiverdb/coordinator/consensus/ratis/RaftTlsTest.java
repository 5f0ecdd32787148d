// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.consensus.Member;
import io.quiverdb.coordinator.tls.RenewableTls;
import io.quiverdb.coordinator.tls.TestAuthority;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.proto.RaftProtos.RaftGroupIdProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.StatusRuntimeException;
import org.apache.ratis.thirdparty.io.grpc.netty.GrpcSslContexts;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyChannelBuilder;
import org.apache.ratis.thirdparty.io.netty.handler.ssl.SslContextBuilder;
import org.apache.ratis.thirdparty.io.netty.handler.ssl.SslProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Members communicate over TLS, a certificate is valid for its own member only, and certificates
 * can be replaced.
 */
class RaftTlsTest {
  @TempDir Path folder;

  private final TestAuthority authority = new TestAuthority("ca");
  private final Map<String, RenewableTls> material = new TreeMap<>();
  private TestEnsemble ensemble;

  @BeforeEach
  void start() throws Exception {
    ensemble =
        new TestEnsemble(folder, TestSettings.members(3).stream().map(RaftTlsTest::apart).toList());
    for (String id : ensemble.ids()) {
      material.put(id, shown(authority, host(id)));
    }
    ensemble.adjusted(this::secured).startAll();
    ensemble.submit(TestEnsemble.bootstrap());
  }

  @AfterEach
  void end() {
    ensemble.close();
  }

  /** At an address of its own: c2 at 127.0.0.2. */
  private static Member apart(Member member) {
    return new Member(
        member.id(), member.raft().replace("127.0.0.1", host(member.id())), member.http());
  }

  private RatisSettings secured(RatisSettings settings) {
    return settings.over(Optional.ofNullable(material.get(settings.memberId())));
  }

  private static String host(String id) {
    return "127.0.0." + id.substring(1);
  }

  private RenewableTls shown(TestAuthority by, String host) throws Exception {
    return RenewableTls.of(TestAuthority.material(by.issue(folder.resolve("tls"), host)));
  }

  private Member member(String id) {
    return ensemble.members().stream().filter(m -> m.id().equals(id)).findFirst().orElseThrow();
  }

  /** What c1 says to a vote that somebody asks for in the name of a member. */
  private Status.Code asked(Optional<RenewableTls> as, String claimed) throws Exception {
    String raft = member("c1").raft();
    NettyChannelBuilder builder =
        NettyChannelBuilder.forAddress(
            "127.0.0.1", Integer.parseInt(raft.substring(raft.indexOf(':') + 1)));
    if (as.isPresent()) {
      SslContextBuilder context =
          GrpcSslContexts.configure(
              GrpcSslContexts.forClient()
                  .keyManager(as.get().keyManager())
                  .trustManager(material.get("c1").trustManager()),
              SslProvider.JDK);
      builder.sslContext(context.build());
    } else {
      builder.usePlaintext();
    }
    ManagedChannel channel = builder.build();
    try {
      var unused =
          RaftServerProtocolServiceGrpc.newBlockingStub(channel)
              .withDeadlineAfter(10, TimeUnit.SECONDS)
              .requestVote(
                  RequestVoteRequestProto.newBuilder()
                      .setPreVote(true)
                      .setServerRequest(
                          RaftRpcRequestProto.newBuilder()
                              .setRequestorId(ByteString.copyFromUtf8(claimed))
                              .setReplyId(ByteString.copyFromUtf8("c1"))
                              .setRaftGroupId(
                                  RaftGroupIdProto.newBuilder()
                                      .setId(RaftSetup.groupId("test").toByteString())))
                      .build());
      return Status.Code.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode();
    } finally {
      channel.shutdownNow();
    }
  }

  @Test
  void onlyTheMemberThatACertificateNamesSpeaksAsIt() throws Exception {
    assertEquals(Status.Code.OK, asked(Optional.of(shown(authority, host("c3"))), "c3"));
    assertEquals(
        Status.Code.PERMISSION_DENIED, asked(Optional.of(shown(authority, host("c2"))), "c3"));
    assertEquals(
        Status.Code.PERMISSION_DENIED, asked(Optional.of(shown(authority, "127.0.0.9")), "c9"));
    assertEquals(Status.Code.PERMISSION_DENIED, asked(Optional.of(shown(authority, "ops")), "c3"));
    TestAuthority foreign = new TestAuthority("ca");
    assertEquals(Status.Code.UNAVAILABLE, asked(Optional.of(shown(foreign, host("c3"))), "c3"));
    assertEquals(Status.Code.UNAVAILABLE, asked(Optional.empty(), "c3"));
    assertEquals(3, ensemble.member("c1").membership().voters().orElseThrow().size());
  }

  /** Both authorities are trusted for a while, as any change of one must be made. */
  @Test
  void certificatesAndTheirAuthorityChangeWhileTheMembersRun() throws Exception {
    TestAuthority next = new TestAuthority("next");
    java.util.List<java.security.cert.X509Certificate> both = new java.util.ArrayList<>();
    both.addAll(TestAuthority.material(authority.issue(folder.resolve("a"), "x")).authorities());
    both.addAll(TestAuthority.material(next.issue(folder.resolve("b"), "x")).authorities());
    material.values().forEach(member -> member.replace(both));
    for (String id : ensemble.ids()) {
      var renewed = TestAuthority.material(next.issue(folder.resolve("tls"), host(id)));
      material
          .get(id)
          .replace(
              new io.quiverdb.coordinator.tls.TlsMaterial(renewed.chain(), renewed.key(), both));
    }
    for (String id : ensemble.ids()) {
      material.get(id).replace(TestAuthority.material(next.issue(folder.resolve("tls"), host(id))));
    }
    // A new connection each way, by the new authority alone.
    String follower = ensemble.followers().get(0);
    ensemble.stop(follower);
    ensemble.start(follower);
    long index = ensemble.submit(new Command.AllocateId()).index();
    await()
        .atMost(TestEnsemble.PATIENCE)
        .until(() -> ensemble.member(follower).stateView().current().index() >= index);
    assertEquals(Status.Code.UNAVAILABLE, asked(Optional.of(shown(authority, host("c3"))), "c3"));
    assertEquals(Status.Code.OK, asked(Optional.of(shown(next, host("c3"))), "c3"));
  }

  @Test
  void aMemberWhoseCertificateIsOfAnotherAuthorityIsNotFollowedAndStopsNobody() throws Exception {
    String follower = ensemble.followers().get(0);
    ensemble.kill(follower);
    material.put(follower, shown(new TestAuthority("other"), host(follower)));
    ensemble.launch(follower);
    long index = ensemble.submit(new Command.AllocateId()).index();
    assertTrue(index > 0);
    assertThrows(
        org.awaitility.core.ConditionTimeoutException.class,
        () ->
            await()
                .atMost(2, TimeUnit.SECONDS)
                .until(() -> ensemble.member(follower).stateView().current().index() >= index));
  }

  /** One port speaks one of the two, so that all members are stopped in between. */
  @Test
  void afterAFullStopTheSameDataSpeaksPlainAndAfterAnotherTlsAgain() throws Exception {
    long index = ensemble.submit(new Command.AllocateId()).index();
    ensemble.killAll(ensemble.ids()).join();
    ensemble.adjusted(settings -> settings).startAll();
    long plain = ensemble.submit(new Command.AllocateId()).index();
    assertTrue(plain > index);
    await()
        .atMost(TestEnsemble.PATIENCE)
        .until(() -> asked(Optional.empty(), "c3") == Status.Code.OK);
    ensemble.killAll(ensemble.ids()).join();
    ensemble.adjusted(this::secured).startAll();
    assertTrue(ensemble.submit(new Command.AllocateId()).index() > plain);
    assertEquals(Status.Code.UNAVAILABLE, asked(Optional.empty(), "c3"));
  }
}
