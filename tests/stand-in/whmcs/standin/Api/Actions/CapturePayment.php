<?php

declare(strict_types=1);

namespace StandIn\Api\Actions;

use StandIn\Api\Action;
use StandIn\Api\ApiError;
use StandIn\Api\Read;
use StandIn\Billing\Capture;

/** whmcs.md §3.2. */
final class CapturePayment implements Action
{
    public function run(array $values): array
    {
        $invoice = Read::invoice($values, 'Invoice Not Found or Not Unpaid');
        if ($invoice->status !== 'Unpaid') {
            throw new ApiError('Invoice Not Found or Not Unpaid');
        }
        if (!Capture::attempt((int) $invoice->id)) {
            throw new ApiError('Payment Attempt Failed');
        }
        return [];
    }
}
