import { type AwsAnswer, type AwsRequest, errorAnswer } from './aws-request.ts';

/** As each service says that a role may not do something. */
export function accessDenied({ service }: AwsRequest, action: string): AwsAnswer {
  const message = `User is not authorized to perform: ${action}`;
  if (service === 's3') return xml('<Error>', 'AccessDenied', message, '</Error>');
  if (service === 'sns') return query('AuthorizationError', message);
  if (service === 'sts') return query('AccessDenied', message);
  if (service === 'sqs') {
    const answer = errorAnswer('com.amazonaws.sqs#AccessDenied', message, 403);
    return {
      ...answer,
      headers: { ...answer.headers, 'x-amzn-query-error': 'AccessDenied;Sender' },
    };
  }
  const isRest = service === 'lambda' || service === 'eks';
  return errorAnswer('AccessDeniedException', message, isRest ? 403 : 400);
}

function query(code: string, message: string): AwsAnswer {
  return xml(
    '<ErrorResponse><Error><Type>Sender</Type>',
    code,
    message,
    '</Error></ErrorResponse>',
  );
}

function xml(start: string, code: string, message: string, end: string): AwsAnswer {
  return {
    status: 403,
    headers: { 'content-type': 'application/xml' },
    body: `${start}<Code>${code}</Code><Message>${message}</Message>${end}`,
  };
}
