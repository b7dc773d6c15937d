{if $errors}<div class="alert alert-danger" id="checkouterrors"><ul>{foreach $errors as $error}<li>{$error}</li>{/foreach}</ul></div>{/if}
<form method="post" action="/cart.php?a=checkout">
  <input type="hidden" name="token" value="{$token}"><input type="hidden" name="checkout" value="true">
  <input type="hidden" name="pid" value="{$productid}"><input type="hidden" name="billingcycle" value="{$billingcycle}">
  <div class="row">
    <div class="col-sm-8">
      {if $canUseCreditOnCheckout}
      <div class="panel panel-default"><div class="panel-heading"><h3 class="panel-title">Credit</h3></div><div class="panel-body">
        <p>You have a credit balance of <strong>{$creditBalance}</strong>.</p>
        <label class="radio"><input type="radio" name="applycredit" value="1"{if $applyCredit} checked{/if}> Apply {$creditUse} from my credit to this order</label>
        <label class="radio"><input type="radio" name="applycredit" value="0"{if !$applyCredit} checked{/if}> Do not use my credit</label>
      </div></div>
      {/if}
      <div class="panel panel-default"><div class="panel-heading"><h3 class="panel-title">Payment Details</h3></div><div class="panel-body">
        {foreach $gateways as $gateway}<label class="radio"><input type="radio" name="paymentmethod" value="{$gateway.sysname}"{if $gateway@first} checked{/if}> {$gateway.name}</label>{/foreach}
        <div class="row">
          <div class="col-sm-6 form-group"><label>Card Number</label><input class="form-control" name="ccnumber" autocomplete="off" placeholder="4242 4242 4242 4242"></div>
          <div class="col-sm-3 form-group"><label>Expiry</label><input class="form-control" name="ccexpirydate" autocomplete="off" placeholder="MM/YY"></div>
          <div class="col-sm-3 form-group"><label>CVV</label><input class="form-control" name="cccvv" autocomplete="off" placeholder="123"></div>
        </div>
        <div class="form-group"><label>Account Password</label><input class="form-control" type="password" name="password" autocomplete="off"></div>
      </div></div>
    </div>
    <div class="col-sm-4"><div class="panel panel-primary"><div class="panel-heading"><h3 class="panel-title">Order Summary</h3></div><div class="panel-body">
      <p><strong>{$productname}</strong><br><span class="text-muted">{$billingcycle}</span></p>
      <p class="order-total">{$total}</p>
      <label class="checkbox"><input type="checkbox" name="accepttos" value="on" checked> I agree to the Terms of Service</label>
      <button class="btn btn-primary btn-block" id="btnCompleteOrder" type="submit">Complete Order</button>
    </div></div></div>
  </div>
</form>
