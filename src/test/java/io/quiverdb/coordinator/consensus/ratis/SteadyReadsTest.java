// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.apache.ratis.proto.RaftProtos.ReadIndexReplyProto;
import org.apache.ratis.proto.RaftProtos.ReadIndexRequestProto;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.MethodDescriptor;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.junit.jupiter.api.Test;

class SteadyReadsTest {
  private static final ReadIndexReplyProto ANSWER = ReadIndexReplyProto.getDefaultInstance();

  private final List<String> came = new ArrayList<>();
  private OptionalLong term = OptionalLong.of(5);

  @Test
  void aReadWithinOneTermIsAnswered() {
    read(() -> {});
    assertEquals(List.of("asked", "answer", "OK"), came);
  }

  @Test
  void aReadIsRefusedBeforeItIsAskedWhileTheTermIsNotSteady() {
    term = OptionalLong.empty();
    read(() -> {});
    assertEquals(List.of("ABORTED"), came);
  }

  @Test
  void anAnswerOfAnotherTermIsHeldBack() {
    read(() -> term = OptionalLong.of(6));
    assertEquals(List.of("asked", "ABORTED"), came);
  }

  @Test
  void aTermIsSteadyForFollowersAndForLeadersThatAreReady() {
    assertEquals(OptionalLong.of(5), SteadyTerm.of(info("follower", 5, 5)));
    assertEquals(OptionalLong.of(5), SteadyTerm.of(info("ready leader", 5, 5)));
    assertEquals(OptionalLong.empty(), SteadyTerm.of(info("leader", 5, 5)));
    assertEquals(OptionalLong.empty(), SteadyTerm.of(info("candidate", 5, 5)));
    assertEquals(OptionalLong.empty(), SteadyTerm.of(info("ready leader", 5, 6)));
  }

  private void read(Runnable meanwhile) {
    var unused =
        new SteadyReads(() -> term)
            .interceptCall(
                new Call(),
                new Metadata(),
                (call, headers) -> {
                  came.add("asked");
                  meanwhile.run();
                  call.sendMessage(ANSWER);
                  call.close(Status.OK, new Metadata());
                  return new ServerCall.Listener<>() {};
                });
  }

  private static DivisionInfo info(String role, long... terms) {
    int[] asked = {0};
    return (DivisionInfo)
        Proxy.newProxyInstance(
            DivisionInfo.class.getClassLoader(),
            new Class<?>[] {DivisionInfo.class},
            (self, method, arguments) ->
                switch (method.getName()) {
                  case "getCurrentTerm" -> terms[asked[0]++];
                  case "isLeader" -> role.endsWith("leader");
                  case "isLeaderReady" -> role.equals("ready leader");
                  case "isCandidate" -> role.equals("candidate");
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  private final class Call extends ServerCall<ReadIndexRequestProto, ReadIndexReplyProto> {
    @Override
    public void request(int messages) {}

    @Override
    public void sendHeaders(Metadata headers) {}

    @Override
    public void sendMessage(ReadIndexReplyProto message) {
      came.add("answer");
    }

    @Override
    public void close(Status status, Metadata trailers) {
      came.add(status.getCode().name());
    }

    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    public MethodDescriptor<ReadIndexRequestProto, ReadIndexReplyProto> getMethodDescriptor() {
      return RaftServerProtocolServiceGrpc.getReadIndexMethod();
    }
  }
}
