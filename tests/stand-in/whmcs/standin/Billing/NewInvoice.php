<?php

declare(strict_types=1);

namespace StandIn\Billing;

/** What InvoiceCreation needs to know. */
final class NewInvoice
{
    /**
     * @param list<InvoiceLine> $lines
     * @param string $source adminarea, api or autogen (whmcs.md §4.3)
     * @param string|int $user system or an admin id
     */
    public function __construct(
        public readonly int $clientId,
        public readonly array $lines,
        public readonly string $source = 'autogen',
        public readonly string|int $user = 'system',
        public readonly string $date = '',
        public readonly string $dueDate = '',
        public readonly string $paymentMethod = '',
        public readonly bool $draft = false,
        public readonly bool $mail = true,
        public readonly bool $useCredit = false,
        public readonly string $notes = '',
        public readonly string $taxRate = '0.000',
        public readonly string $taxRate2 = '0.000',
    ) {
    }
}
