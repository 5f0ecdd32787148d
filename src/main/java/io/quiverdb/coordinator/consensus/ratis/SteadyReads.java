// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import java.util.OptionalLong;
import java.util.function.Supplier;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc;
import org.apache.ratis.thirdparty.io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;
import org.apache.ratis.thirdparty.io.grpc.Status;

/** Refuses another member's read unless this member's term is steady throughout it. */
final class SteadyReads implements ServerInterceptor {
  private static final String READ =
      RaftServerProtocolServiceGrpc.getReadIndexMethod().getFullMethodName();

  private final Supplier<OptionalLong> steadyTerm;

  SteadyReads(Supplier<OptionalLong> steadyTerm) {
    this.steadyTerm = steadyTerm;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    if (!call.getMethodDescriptor().getFullMethodName().equals(READ)) {
      return next.startCall(call, headers);
    }
    OptionalLong term = steadyTerm.get();
    if (term.isEmpty()) {
      call.close(unsteady(), new Metadata());
      return new ServerCall.Listener<>() {};
    }
    return next.startCall(new InOneTerm<>(call, term), headers);
  }

  private static Status unsteady() {
    return Status.ABORTED.withDescription("leadership is changing");
  }

  private final class InOneTerm<Q, A> extends SimpleForwardingServerCall<Q, A> {
    private final OptionalLong term;
    private boolean refused;

    InOneTerm(ServerCall<Q, A> call, OptionalLong term) {
      super(call);
      this.term = term;
    }

    @Override
    public void sendMessage(A answer) {
      if (steadyTerm.get().equals(term)) {
        super.sendMessage(answer);
      } else {
        refused = true;
      }
    }

    @Override
    public void close(Status status, Metadata trailers) {
      super.close(refused ? unsteady() : status, trailers);
    }
  }
}
