/** What a fault does to a call. `timeout`: not done; `lost-response`: done, the answer lost. */
export type FaultError =
  | 'throttle'
  | 'timeout'
  | 'lost-response'
  | 'server'
  | 'denied'
  | 'not-found';

interface ServiceErrors {
  readonly throttle: string;
  readonly denied: string;
  readonly notFound: string;
}

const JSON_SERVICE: ServiceErrors = {
  throttle: 'ThrottlingException',
  denied: 'AccessDeniedException',
  notFound: 'ResourceNotFoundException',
};

/** Names that the services give their errors; those that are not listed speak as DynamoDB does. */
const SERVICE_ERRORS: Readonly<Record<string, ServiceErrors>> = {
  sns: {
    throttle: 'Throttling',
    denied: 'AuthorizationErrorException',
    notFound: 'NotFoundException',
  },
  sqs: { throttle: 'RequestThrottled', denied: 'AccessDenied', notFound: 'QueueDoesNotExist' },
  ecs: {
    throttle: 'ThrottlingException',
    denied: 'AccessDeniedException',
    notFound: 'ClusterNotFoundException',
  },
  lambda: {
    throttle: 'TooManyRequestsException',
    denied: 'AccessDeniedException',
    notFound: 'ResourceNotFoundException',
  },
  s3: { throttle: 'SlowDown', denied: 'AccessDenied', notFound: 'NoSuchBucket' },
};

/** An error in the shape in which the SDK throws those of a service or of the network. */
export class InjectedError extends Error {
  override readonly name: string;
  readonly $fault: 'client' | 'server';
  readonly $metadata: { readonly httpStatusCode?: number };
  /** As Node names a network error. */
  readonly code?: string;

  readonly fault: FaultError;

  /** Whether the SDK's standard mode tries again after it. */
  readonly isTransient: boolean;

  constructor(call: string, fault: FaultError, shape: ErrorShape) {
    super(`${fault} injected into ${call}`);
    this.fault = fault;
    this.isTransient = fault !== 'denied' && fault !== 'not-found';
    this.name = shape.name;
    this.$fault = shape.status !== undefined && shape.status < 500 ? 'client' : 'server';
    this.$metadata = { httpStatusCode: shape.status };
    this.code = shape.code;
  }
}

interface ErrorShape {
  readonly name: string;
  readonly status?: number;
  readonly code?: string;
}

/** The error that a call named `service:Operation` fails with. */
export function injectedError(call: string, error: FaultError): InjectedError {
  const service = call.slice(0, call.indexOf(':'));
  return new InjectedError(call, error, shapeOf(SERVICE_ERRORS[service] ?? JSON_SERVICE, error));
}

function shapeOf(names: ServiceErrors, error: FaultError): ErrorShape {
  switch (error) {
    case 'throttle':
      return { name: names.throttle, status: names.throttle === 'SlowDown' ? 503 : 400 };
    case 'timeout':
      return { name: 'TimeoutError', code: 'ETIMEDOUT' };
    case 'lost-response':
      // The SDK's HTTP handler gives a reset connection this name too.
      return { name: 'TimeoutError', code: 'ECONNRESET' };
    case 'server':
      return { name: 'InternalServerError', status: 500 };
    case 'denied':
      return { name: names.denied, status: 403 };
    case 'not-found':
      return { name: names.notFound, status: 404 };
  }
}
