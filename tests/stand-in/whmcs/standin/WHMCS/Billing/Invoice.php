<?php

declare(strict_types=1);

namespace WHMCS\Billing;

use Illuminate\Database\Eloquent\Model;

/** The model InvoicePaid hands over from 8.11 on (whmcs.md §4.3). */
final class Invoice extends Model
{
    protected $table = 'tblinvoices';
    protected $guarded = [];
    public $timestamps = false;
}
