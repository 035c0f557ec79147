public import NetworkStack

extension DropReason {
  /// What the reason means, as the end of the sentence "it was dropped: …".
  public var sentence: String {
    switch self {
    case .notSpecified: "the kernel gives no reason"
    case .noSocket: "no program listens on that port"
    case .packetTooSmall: "the packet is shorter than its header says"
    case .udpChecksum: "the UDP checksum is wrong"
    case .tcpChecksum: "the TCP checksum is wrong"
    case .icmpChecksum: "the ICMP checksum is wrong"
    case .otherHost: "the frame is addressed to another host"
    case .ipChecksum: "the checksum of the IP header is wrong"
    case .ipHeader: "the TTL ran out, or the IP header is malformed"
    case .reversePathFilter: "rp_filter: the way back to the source leaves by another interface"
    case .unicastInLayer2Multicast: "a packet for one host came in a frame for many"
    case .noProtocol: "nothing here speaks that protocol"
    case .outputNoRoutes: "there is no route to answer by"
    case .neighborCreateFailed: "the neighbor table is full"
    case .neighborFailed: "nobody answered ARP for the next hop"
    case .neighborQueueFull: "too many packets waited for the next hop's ARP answer"
    case .neighborDead: "the neighbor entry it waited for was removed"
    case .queueDrop: "the interface cannot send (down, no carrier, or its queue is full)"
    case .unhandledProtocol: "nothing here reads that kind of frame or message"
    case .deviceHeader: "the frame is shorter than an Ethernet header"
    case .deviceReady: "the interface it came in by is down"
    case .headerTruncated: "the packet ends inside its header"
    case .inputAddressErrors: "it is for somebody else, and this machine does not forward (ip_forward 0)"
    case .inputNoRoutes: "there is no route to its destination"
    case .localSource: "its source is an address of this machine itself"
    case .invalidSource: "its source address cannot be a source"
    case .localNetwork: "a loopback address (127.0.0.0/8) came in from outside"
    case .invalidDestination: "its destination address cannot be a destination"
    case .packetTooBig: "it is larger than the next interface's MTU, and must not be fragmented"
    case .duplicateFragment: "the fragment was there already, or overlaps another"
    case .fragmentTimeout: "the other fragments did not come in time"
    case .fragmentTooFar: "its fragments came too far apart"
    case .bridgeIngressState: "the bridge port is not forwarding"
    case .noTransmitTarget: "the bridge has no port to send it to"
    case .socketReceiveBuffer: "the program's receive buffer is full"
    case .simulatorPoolExhausted: "more packets were under way than the simulator has room for"
    case .simulatorCableDown: "the cable is pulled out"
    case .simulatorCableLoss: "lost on the cable, as its loss ratio says"
    case .simulatorFrameTooLong: "the frame is longer than the other end's MTU allows"
    case .simulatorNoCable: "no cable is plugged into the interface"
    }
  }
}
